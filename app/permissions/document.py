"""The table as Markdown, for `docs/permissions.md`."""

from collections.abc import Iterator, Sequence

from app.permissions.rows import PEOPLE, TOKENS, Row, answer
from app.permissions.rules import Answer
from app.permissions.table import CHANNELS, ROUTES

TITLES = {"newcomer": "new member", "suspended_mod": "suspended moderator"}
SIGNS: dict[Answer, str] = {
    "may": "✓",
    "unauthenticated": "401",
    "invalid_token": "401 link",
    "scope": "403 scope",
    "suspended": "403 suspended",
    "forbidden": "403",
    "not_found": "404",
    "nothing": "none",
    "locked": "409 locked",
    "conflict": "409",
}
HEAD = """# Who may do what

<!-- Made from app/permissions by `python -m app.permissions > docs/permissions.md`; a test compares the two. -->

Every route and every channel, for everybody, in each state of the content. `tests/permissions` walks each cell on a
real server. *Author* is whose it is: who wrote the post or comment, or the member that the address names; a comment's
thread is somebody else's. *New member* has registered just now and has not confirmed an address.

A token is tried with an admin behind it, or with the author where only the author may: nothing but its scopes
refuses it. Who is suspended reads as any member does, a moderator too.

✓ may · 401 is asked to sign in · 403 is told that it is not theirs · *scope* the token does not reach that far ·
*suspended* they may read and not write · 404 is told of nothing · 409 sees that it cannot be done now · *none* there
is nothing for anybody. Pages say the same as the API: 401 leads to the sign-in, and a form that cannot be taken comes
back with every word.
"""
CHANNEL_HEAD = (
    "The socket says `not_found` to all whom it does not let in; the ways without one say what is below."
)


def document() -> str:
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield HEAD
    api = [row for row in ROUTES if row.address.startswith("/api/")]
    pages = [row for row in ROUTES if row not in api]
    for title, rows in (("Pages and files", pages), ("API", api), ("Channels", CHANNELS)):
        yield f"## {title}\n"
        if rows is CHANNELS:
            yield f"{CHANNEL_HEAD}\n"
        yield from _table(rows)
        yield ""


def _table(rows: Sequence[Row]) -> Iterator[str]:
    titles = [TITLES.get(name, name) for name in (*PEOPLE, *TOKENS)]
    yield f"| | state | {' | '.join(titles)} |"
    yield f"|---|---|{'---|' * len(titles)}"
    for row in rows:
        yield from _of_row(row)


def _of_row(row: Row) -> Iterator[str]:
    """One line for all states in which everybody is answered the same."""
    by_answers: dict[tuple[str, ...], list[str]] = {}
    for state in row.rules:
        signs = tuple(SIGNS[answer(row, state, who)] for who in (*PEOPLE, *TOKENS))
        by_answers.setdefault(signs, []).append(state.replace("_", " "))
    for signs, states in by_answers.items():
        named = "" if len(states) == len(row.rules) else ", ".join(states)
        yield f"| `{row.name}` | {named} | {' | '.join(signs)} |"
