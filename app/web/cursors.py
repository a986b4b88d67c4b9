"""Lists that go on from a cursor (API.md, Lists): a number before which the page lies, carried unread."""

from typing import Annotated

import msgspec
from litestar.params import Parameter

from app.web.errors import FieldError, Invalid

FIRST = 2**63 - 1

Cursor = Annotated[str | None, Parameter(max_length=40)]


class CursorMeta(msgspec.Struct, frozen=True):
    next_cursor: str | None


def place_of(cursor: str | None) -> int:
    """The number before which the page lies. Raises Invalid."""
    if cursor is None:
        return FIRST
    if not (cursor.isascii() and cursor.isdecimal() and 0 < int(cursor) <= FIRST):
        raise Invalid([FieldError("cursor", "invalid", "There is no such place in the list.")])
    return int(cursor)
