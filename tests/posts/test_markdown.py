"""Markdown: what may stand in a page, and what never does (DESIGN.md, section 10)."""

import random
import re

import pytest

from app import markdown
from app.markdown import TAGS, excerpt, render, to_html
from tests.api import BASE, shown

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[click](javascript:alert(1))",
    "[click](JaVaScRiPt:alert(1))",
    "[click](java\nscript:alert(1))",
    "[click](&#106;avascript:alert(1))",
    "[click](data:text/html;base64,PHNjcmlwdD4=)",
    "[click](vbscript:msgbox)",
    "<a href='javascript:alert(1)'>x</a>",
    '<https://a.example/"onmouseover="alert(1)>',
    '[x](https://a.example "title\\" onclick=alert(1)")',
    "<div style='position:fixed'>x</div>",
    "<iframe src=//evil.example></iframe>",
    "<svg/onload=alert(1)>",
    "![x](https://evil.example/pixel.png)",
    "![x](javascript:alert(1))",
    "<form action=/sign-out method=post><button>x</button></form>",
    "<base href=//evil.example>",
    "```<script>\nalert(1)\n```",
    "`<script>alert(1)</script>`",
    "| a |\n|---|\n| <img src=x onerror=alert(1)> |",
    '<math><mi//xlink:href="data:x,<script>alert(1)</script>">',
    "<!--<script>-->",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
]  # fmt: skip


@pytest.mark.parametrize("text", ATTACKS)
def test_an_attack_is_only_words(text: str) -> None:
    html = to_html(text)
    tags = set(re.findall(r"<\s*/?\s*([a-zA-Z0-9]+)", html))
    assert tags <= TAGS
    for tag in re.findall(r"<[^>]*>", html):
        names = re.findall(r'\s([^\s="]+)=', re.sub(r'"[^"]*"', "", tag))
        assert set(names) <= {"href", "title", "rel", "start", "tabindex", "class"}, tag
        for address in re.findall(r'href="([^"]*)"', tag):
            assert re.match(r"https?://|mailto:", address), tag


def test_there_is_something_to_refuse() -> None:
    assert "<strong>bold</strong>" in to_html("**bold**")
    assert 'href="https://a.example/"' in to_html("[a](https://a.example/)")


def test_links_do_not_vouch_for_where_they_lead() -> None:
    for text in ("[a](https://a.example/)", "https://a.example/", "<https://a.example/>"):
        assert 'rel="nofollow ugc noopener"' in to_html(text), text


def test_headings_stay_below_the_pages_own() -> None:
    html = to_html("# One\n\n## Two\n\n###### Six")
    assert re.findall(r"<h(\d)>", html) == ["3", "4", "6"]


def test_line_breaks_are_kept_and_lists_and_tables_are_made() -> None:
    assert "<br>" in to_html("one\ntwo")
    assert "<td>b</td>" in to_html("| a |\n|---|\n| b |")
    assert '<ol start="3">' in to_html("3. three")


async def test_a_long_text_gives_what_a_short_one_gives() -> None:
    assert await render("**a** " * 500) == to_html("**a** " * 500)


def test_an_excerpt_is_plain_text_cut_at_a_word() -> None:
    assert excerpt(to_html("# Title\n\n**Some** &amp; <b>words</b>")) == "Title Some & <b>words</b>"
    cut = excerpt(to_html("word " * 100))
    assert cut.endswith("word…")
    assert len(cut) <= 221


async def test_what_is_shown_is_what_was_made_safe(as_, client, cast) -> None:
    alice = as_(cast.alice)
    body = "\n\n".join(ATTACKS)
    post = shown(
        await alice.post(f"{BASE}/posts", json={"title": "<script>alert(1)</script>", "body": body}), 201
    )
    page = (await client.get(post["url"])).text
    assert post["body_html"].strip() in page
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


ALPHABET = [
    *"abzÄéßЖ日ñ0189",
    *" ,;!?'\u2019-.",
    "  ",
    ". ",
    "...",
    "www.",
    ".com",
    "a-b",
    "1. ",
    "- ",
    *'()*_`#<>&:/@\n\t\\|~[]"\u00a0',
]


def test_words_are_what_the_parser_makes_of_them():
    """The short way for a line of words gives, to the letter, what the long way gives."""
    chance = random.Random(7)
    plain = ALPHABET[: ALPHABET.index("(")]
    short = 0
    for turn in range(6000):
        text = "".join(chance.choices(plain if turn % 2 else ALPHABET, k=chance.randint(1, 12)))
        short += bool(markdown._WORDS.match(text))
        assert to_html(text) == markdown._parse(text), repr(text)
    assert short > 500
    assert not markdown._WORDS.match("See example.com")
