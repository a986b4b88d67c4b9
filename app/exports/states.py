"""What becomes of an export that was asked for: one transaction each."""

from collections.abc import Awaitable, Callable
from typing import IO

import asyncpg

from app.database.engine import DB
from app.database.transaction import Change, transaction

KEPT_DAYS = 7
PART_BYTES = 1_000_000

# Within the change that finishes the export of this id.
Tell = Callable[[Change, int], Awaitable[None]]

EXPIRED_DAYS = 7

# One that failed may be tried again by hand, unless its member has begun another meanwhile.
_BEGIN = """
UPDATE exports SET status = 'running', progress = 0, tries = tries + 1
WHERE id = $1 AND status <> 'done' RETURNING "user"
"""
_MOVE = "UPDATE exports SET progress = $2 WHERE id = $1 AND status = 'running' AND progress < $2"
_PUT_BACK = "UPDATE exports SET status = 'queued', progress = 0 WHERE id = $1 AND status = 'running'"
_FAIL = "UPDATE exports SET status = 'failed' WHERE id = $1 AND status IN ('queued', 'running') RETURNING id"
_DROP_PARTS = "DELETE FROM export_parts WHERE export = $1"
_KEEP_PART = "INSERT INTO export_parts (export, number, body) VALUES ($1, $2, $3)"
_FINISH = """
UPDATE exports SET status = 'done', progress = 100, size = $2, expires_at = now() + make_interval(days => $3)
WHERE id = $1 AND status = 'running' RETURNING "user"
"""
_DROP_EXPIRED = """
DELETE FROM export_parts USING exports WHERE exports.id = export_parts.export AND exports.expires_at <= now()
"""
# For so long it is said that there was one; what failed is of no use after its time either.
_DROP_OLD = """
DELETE FROM exports WHERE expires_at < now() - make_interval(days => $2)
    OR (status <> 'done' AND created_at < now() - make_interval(days => $1))
"""


async def begin(export_id: int) -> int | None:
    """Whose export is to be built now; None for one that is done, gone, or has another in its place."""
    try:
        async with transaction():
            rows = await DB.fetch(_BEGIN, export_id)
            # What a try before this one left.
            await DB.fetch(_DROP_PARTS, export_id)
    except asyncpg.UniqueViolationError:
        return None
    return rows[0]["user"] if rows else None


async def move(export_id: int, progress: int) -> None:
    """Say how far it is, in hundredths; it never goes back."""
    async with transaction():
        await DB.fetch(_MOVE, export_id, progress)


async def put_back(export_id: int) -> None:
    """Have it wait for its next try."""
    async with transaction():
        await DB.fetch(_PUT_BACK, export_id)


async def fail(_change: Change, export_id: int) -> bool:
    """Say, inside the change, that it is not tried any more; whether that is new."""
    return bool(await DB.fetch(_FAIL, export_id))


async def finish(export_id: int, file: IO[bytes], tell: Tell) -> None:
    """Keep the file, from where it stands to its end, and have its member told."""
    size = number = 0
    while part := file.read(PART_BYTES):
        async with transaction():
            await DB.fetch(_KEEP_PART, export_id, number, part)
        size, number = size + len(part), number + 1
    async with transaction() as change:
        if await DB.fetch(_FINISH, export_id, size, KEPT_DAYS):
            await tell(change, export_id)


async def drop_old() -> None:
    """Delete files whose time is over, and a while later forget that they were."""
    async with transaction():
        await DB.fetch(_DROP_EXPIRED)
        await DB.fetch(_DROP_OLD, KEPT_DAYS, EXPIRED_DAYS)
