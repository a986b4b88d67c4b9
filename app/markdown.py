"""Markdown in, safe HTML out: markdown-it parses, nh3 lets through only what is on its list."""

import asyncio
import html
import re
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

from app.markdown_bounds import bound
from app.mentions.syntax import Named, link_mentions

INLINE_LENGTH = 800
EXCERPT_LENGTH = 220

TAGS = {
    "a", "blockquote", "br", "code", "del", "em", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "s",
    "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
ATTRIBUTES = {"a": {"href"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto"}
# A line of words: nothing in it means anything to Markdown, nor would become a link.
_WORDS = re.compile(r"[^\W\d_](?:[^\W_]|[ ,;!?'\u2019-]|\.(?= |\Z))*(?<! )\Z")
_BREAKS = re.compile(r"<br>|</(?:p|li|h\d|td|th|pre|blockquote)>")


async def render(text: str, named: Named | None = None) -> str:
    """Sanitised HTML of a text; long ones off the loop, as some take a tenth of a second."""
    if len(text) <= INLINE_LENGTH:
        return to_html(text, named)
    return await asyncio.to_thread(to_html, text, named)


def to_html(text: str, named: Named | None = None) -> str:
    if _WORDS.match(text):
        # What the parser would make of it, in a twentieth of the time.
        return f"<p>{text}</p>\n"
    return _parse(text, named)


def _parse(text: str, named: Named | None = None) -> str:
    return nh3.clean(
        str(_parser.render(text, {"named": named})),
        tags=TAGS,
        attributes=ATTRIBUTES,
        allowed_classes={"a": {"mention"}},
        url_schemes=SCHEMES,
        link_rel="nofollow ugc noopener",
        # What scrolls sideways must be within reach of a keyboard.
        set_tag_attribute_values={"pre": {"tabindex": "0"}, "table": {"tabindex": "0"}},
    )


def excerpt(body_html: str) -> str:
    """The beginning of a rendered text, as plain text, cut at a word."""
    spaced = _BREAKS.sub(" ", body_html)
    words = html.unescape(nh3.clean(spaced, tags=set())).split()
    text = " ".join(words)
    if len(text) <= EXCERPT_LENGTH:
        return text
    return text[:EXCERPT_LENGTH].rsplit(" ", 1)[0].rstrip(" ,;:.") + "…"


def _build() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "linkify": True, "breaks": True})
    parser.enable(["linkify", "table", "strikethrough"])
    # Pictures by address would tell a third party who reads here.
    parser.disable("image")
    bound(parser)
    link_mentions(parser)
    parser.add_render_rule("heading_open", _heading)
    parser.add_render_rule("heading_close", _heading)
    return parser


def _heading(renderer: Any, tokens: list[Token], index: int, options: Any, env: Any) -> str:
    # The page's own headings are h1 and h2.
    level = min(6, int(tokens[index].tag[1]) + 2)
    closing = "/" if tokens[index].nesting < 0 else ""
    return f"<{closing}h{level}>"


_parser = _build()
