"""`@name` in Markdown: what is a mention, and what only looks like one."""

import re

import pytest

from app.markdown import to_html
from app.mentions.syntax import MOST, SOUGHT, Named, names_in

MEMBERS = {"alice": (1, "Alice"), "bob_b": (2, "bob_b"), "bob": (3, "bob")}
LINK = '<a href="/@Alice" class="mention" rel="nofollow ugc noopener">@Alice</a>'


def render(text: str) -> tuple[str, set[int]]:
    named = Named(MEMBERS)
    return to_html(text, named), named.found


def test_a_member_is_linked_as_they_spell_themselves() -> None:
    assert render("Ask @alice.") == (f"<p>Ask {LINK}.</p>\n", {1})
    assert render("@ALICE, please") == (f"<p>{LINK}, please</p>\n", {1})


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("(@alice)", {1}), ("**@alice**", {1}), ("_@alice_", {1}), ("> @alice", {1}), ("- @alice\n- @bob", {1, 3}),
        ("@bob_b", {2}), ("@bob_", {3}), ("@alice's", {1}), ("@alice!", {1}), ("|a|\n|-|\n|@alice|", {1}),
        ("[@alice]", {1}), ("@alice/@bob", {1}), ("@alice@bob", set()), ("### @alice", {1}),
    ],
)  # fmt: skip
def test_it_is_found_wherever_words_are(text: str, ids: set[int]) -> None:
    html, found = render(text)
    assert found == ids
    assert html.count('class="mention"') == len(ids)


@pytest.mark.parametrize(
    "text",
    [
        "`@alice`", "```\n@alice\n```", "    @alice", "mail alice@alice.example", "https://a.example/@alice",
        "<https://a.example/@alice>", "a.example/@alice", "\\@alice", "@alicia", "@al", "@alice_b", "x@alice",
        "[x](https://a.example/@alice)", "@alice@a.example", "@\u0430lice",
    ],
)  # fmt: skip
def test_what_only_looks_like_it_names_nobody(text: str) -> None:
    html, found = render(text)
    assert not found
    assert "mention" not in html


def test_there_is_no_link_within_a_link() -> None:
    html, found = render("[to @alice](https://a.example/) and [@bob]: x")
    assert html.count("<a ") == 2
    assert found == {3}


def test_nobody_can_dress_a_link_of_their_own_as_a_mention() -> None:
    html, _ = render('<a class="mention" href="https://evil.example/">@alice</a> [x](/@mallory "mention")')
    assert re.findall(r'<a [^>]*class="mention"[^>]*>', html) == [LINK.removesuffix("@Alice</a>")]


def test_somebody_who_names_everybody_names_only_some() -> None:
    many = {f"member{number}": (number, f"member{number}") for number in range(3 * MOST)}
    named = Named(many)
    html = to_html(" ".join(f"@{name}" for name in many) + " @member0", named)
    assert len(named.found) == MOST
    assert html.count('class="mention"') == MOST + 1
    assert len(names_in(" ".join(f"@member{number}" for number in range(3 * SOUGHT)))) == SOUGHT
