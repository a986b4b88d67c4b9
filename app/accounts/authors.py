"""How a member stands beside what they wrote."""

from collections.abc import Mapping
from typing import Any

import msgspec


class Author(msgspec.Struct, frozen=True):
    """`name` is the display name, or the username where none is set."""

    id: int
    username: str
    name: str
    avatar_url: str | None
    role: str


COLUMNS = """
    users.id AS author_id, users.username AS author_username, users.role AS author_role,
    coalesce(profiles.display_name, users.username) AS author_name, profiles.avatar AS author_avatar
"""


def joined_on(column: str) -> str:
    """SQL that joins the member in `column`; a deleted member joins as nobody."""
    member = f"LEFT JOIN users ON users.id = {column} AND users.left_at IS NULL"
    return f'{member} LEFT JOIN profiles ON profiles."user" = users.id'


def author_of(row: Mapping[str, Any]) -> Author | None:
    """The author in a row with `COLUMNS`; None is a deleted member."""
    if row["author_id"] is None:
        return None
    return Author(
        row["author_id"], row["author_username"], row["author_name"], row["author_avatar"], row["author_role"]
    )
