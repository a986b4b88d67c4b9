"""Where a page of notifications begins: before a `seq`, which readers carry without reading it."""

from app.web.errors import FieldError, Invalid

FIRST = 2**63 - 1


def place_of(cursor: str | None) -> int:
    """The `seq` before which the page lies. Raises Invalid."""
    if cursor is None:
        return FIRST
    if not (cursor.isascii() and cursor.isdecimal() and 0 < int(cursor) <= FIRST):
        raise Invalid([FieldError("cursor", "invalid", "There is no such place in the list.")])
    return int(cursor)
