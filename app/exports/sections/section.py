"""What a section is."""

from typing import NamedTuple


class Section(NamedTuple):
    """One kind of thing: `{name}.json`, and under `title` in `more.md`; posts and replies have Markdown of their own.

    In `sql`, $1 is the key after which it goes on, $2 how many rows and $3 the member; it returns the integer
    `key` and `data`, one JSON object as text, and is a member's own and nobody else's.
    """

    name: str
    title: str
    sql: str
