"""Whatever somebody writes: nothing of it acts, wherever it is shown, and no text takes long or becomes long."""

from time import thread_time

import pytest

from app.markdown import excerpt, to_html
from app.mentions.syntax import Named
from tests.fuzz import texts
from tests.fuzz.markup import active
from tests.fuzz.searching import search

# Seconds of CPU, and letters of HTML, that one text may cost.
CPU = 0.25
HTML = 40 * texts.LONGEST

# What once took seconds, or became megabytes.
WORST = {
    "rows of a wide table": "|a" * 50 + "|\n" + "|-" * 50 + "|\n" + "a\n" * 5000,
    "a long address that is used again and again": f"[a]: http://a/{'x' * 5000}\n\n" + "[a]" * 1600,
    "a long title that is used again and again": f"[a]: b '{'x' * 5000}'\n\n" + "[a]" * 1600,
    "schemes that begin nothing": "://" * 3333,
    "hosts that begin nothing": "http://%" * 1250,
    "brackets in addresses that never close": "a.co/(" * 1666,
    "brackets in addresses with a scheme": "http://b/(" * 1000,
    "brackets that open no link": "[" * 10_000,
    "brackets within brackets": "[[[a]" * 2000,
    "lists of nothing": "* \r" * 3333,
    "quotes within quotes": "> " * 5000,
    "tables after tables": "a|b\n-|-\n" * 1250,
    "the same name again and again": "@alice" * 1666,
    "names among all else": "@alice *a* " * 900,
    "addresses on lines of their own": "\na@b.co" * 1428,
}  # fmt: skip


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>", "<img src=x>", "<a href='javascript:x'>", "<a href='java\nscript:x'>",
        "<p onclick=x>", "<p style=x>", "<form action=//evil.example>", "<p><svg/onload=x>",
        "<a href='&#106;avascript:x'>", "<area href=//evil.example>", "<p id=content>",
    ],
)  # fmt: skip
def test_what_acts_is_seen(html: str) -> None:
    assert active(html)


def test_no_text_becomes_a_node_that_acts(minutes: float) -> None:
    assert search(5 * minutes, texts.short, _is_quiet) > 0


def test_no_text_takes_long_or_becomes_long(minutes: float) -> None:
    assert search(6 * minutes, texts.long, _is_cheap) > 0


@pytest.mark.parametrize("text", WORST.values(), ids=WORST.keys())
def test_what_once_took_long_takes_no_time(text: str) -> None:
    _is_cheap(text)
    assert not active(to_html(text))


def named() -> Named:
    """Everybody whom a text could name."""
    return Named({"alice": (1, "alice"), "a": (2, "A")})


def _is_quiet(text: str) -> None:
    html = to_html(text, named())
    assert not active(html), html
    # What was cleaned is clean: no browser that repairs it finds more in it.
    words = excerpt(html)
    assert len(words) <= 221
    assert not active(f"<p>{html}</p>")


def _is_cheap(text: str) -> None:
    html = to_html(text, named())
    assert len(html) <= HTML
    # The least of several: others compute on this machine as well.
    assert any(_cpu(text) <= CPU for _ in range(6))


def _cpu(text: str) -> float:
    began = thread_time()
    excerpt(to_html(text, named()))
    return thread_time() - began
