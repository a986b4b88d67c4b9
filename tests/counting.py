"""Counts the statements that a piece of work runs."""

from collections.abc import Iterator
from contextlib import contextmanager

from app.database.engine import DB


@contextmanager
def counting() -> Iterator[list[str]]:
    """The SQL of everything that this process runs through the engine while the block lasts."""
    seen: list[str] = []
    DB.listeners.append(seen.append)
    try:
        yield seen
    finally:
        DB.listeners.remove(seen.append)
