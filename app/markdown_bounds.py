"""Keeps the cost and the size of Markdown within bounds: a short text must not become a long one, or take long."""

import re
from typing import Any

from linkify_it import LinkifyIt
from linkify_it.main import Match
from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, table
from markdown_it.rules_inline import StateInline, link, linkify

# Of all tables in a text. An empty row costs its writer one letter, and whoever shows it all of its cells.
CELLS = 2500
# Letters of all addresses and titles in links. One that is defined once may be used by every third letter.
ADDRESSES = 20_000
# Of `[` that begin no link. To know that it begins none, one must look for its end.
BRACKETS = 2000
# Letters of one address. The search for addresses begins again at each that could be one, and ends at the next space.
ADDRESS = 2048

_SCHEME = re.compile(r"(?<![a-z0-9.+-])(?:https?|ftp)\Z", re.IGNORECASE)


def bound(parser: MarkdownIt) -> None:
    """Have this parser count what it makes, and stop; what is left is shown as it was written."""
    parser.linkify = _Addresses()
    parser.block.ruler.at("table", _table, {"alt": ["paragraph", "reference"]})
    parser.inline.ruler.at("link", _link)
    parser.inline.ruler.at("linkify", _linkify)


class _Addresses(LinkifyIt):  # type: ignore[misc]  # without types
    """Finds none where letters go on without a space for longer than any address."""

    def pretest(self, text: str) -> bool:
        return max(map(len, text.split()), default=0) <= ADDRESS and bool(super().pretest(text))

    def match_at_start(self, text: str) -> Match | None:
        word = text[: ADDRESS + 1].split(None, 1)[0]
        return super().match_at_start(text) if len(word) <= ADDRESS else None


def _table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if start + 2 > end:
        return False
    # The line below the heads says how many cells every row will have.
    columns = state.src[state.bMarks[start + 1] : state.eMarks[start + 1]].strip(" \t|").count("|") + 1
    left = CELLS - _spent(state, "cells")
    if columns > left or not table(state, start, min(end, start + 2 + left // columns), silent):
        return False
    if not silent:
        _spend(state, "cells", columns * (state.line - start))
    return True


def _link(state: StateInline, silent: bool) -> bool:
    before = len(state.tokens)
    if _spent(state, "addresses") > ADDRESSES or _spent(state, "brackets") > BRACKETS:
        return False
    if not link(state, silent):
        _spend(state, "brackets", state.src.startswith("[", state.pos))
        return False
    if not silent:
        opening = next(token for token in state.tokens[before:] if token.type == "link_open")
        _spend(state, "addresses", sum(len(str(value)) for value in opening.attrs.values()))
    return True


def _linkify(state: StateInline, silent: bool) -> bool:
    # The library looks through all that was written before each `://`; so only where an address begins.
    if not state.src.startswith("://", state.pos):
        return False
    scheme = _SCHEME.search(state.pending[-6:])
    finder: Any = state.md.linkify
    if scheme is None or finder.match_at_start(state.src[state.pos - len(scheme[0]) :]) is None:
        return False
    return linkify(state, silent)


def _spent(state: Any, what: str) -> int:
    return int(state.env.get(what, 0))


def _spend(state: Any, what: str, much: int) -> None:
    state.env[what] = _spent(state, what) + much
