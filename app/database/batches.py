"""Large tables in batches: a long look would hold back everybody's clean-up (LIVE.md 3.10)."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, nullcontext

import asyncpg

from app.database.engine import DB

BATCH = 500

# Called with how many more are done.
Step = Callable[[int], object]
# Called with what is done, and how many of them there are.
Watch = Callable[[str, int], AbstractContextManager[Step]]


async def in_batches(sql: str, *args: object, size: int = BATCH) -> AsyncIterator[list[asyncpg.Record]]:
    """The rows of `sql`, so many at a time, each batch a statement of its own.

    `sql` takes the key after which it goes on as $1 and how many it may return as $2, then `args`; its rows are
    in the order of their integer `key`.
    """
    after = 0
    while rows := await DB.fetch(sql, after, size, *args):
        yield rows
        after = rows[-1]["key"]


async def id_ranges(table: str, size: int, watch: Watch | None = None) -> AsyncIterator[tuple[int, int]]:
    """All ids of a table as ranges (after, up to); for what compares or fills whole rows, one range at a time."""
    last: int = (await DB.fetch(f"SELECT coalesce(max(id), 0) FROM {table}"))[0][0]
    with (watch or unwatched)(table, last) as step:
        for after in range(0, last, size):
            yield after, after + size
            step(min(size, last - after))


def unwatched(_what: str, _total: int) -> AbstractContextManager[Step]:
    return nullcontext(lambda _count: None)
