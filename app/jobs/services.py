"""A second chance for jobs, and their end by hand; inside the caller's transaction."""

from collections.abc import Sequence

import asyncpg

from app.database.engine import DB
from app.jobs.giving_up import say_so
from app.jobs.queries import STATE

MANY = 1000

_LOCK = f"SELECT id, job, queue, tries, error, {STATE} AS state FROM outbox WHERE id = $1 FOR UPDATE"
_LOCK_DEAD = f"""
SELECT id, job, queue, tries, error, {STATE} AS state FROM outbox
WHERE dead_at IS NOT NULL ORDER BY dead_at, id LIMIT $1 FOR UPDATE
"""
# A dead one comes back without its key, as under that another may wait by now.
_RETRY = """
UPDATE outbox SET tries = 0, run_at = now(), lease_until = NULL, dead_at = NULL,
    key = CASE WHEN dead_at IS NULL AND lease_until IS NULL THEN key END
WHERE id = ANY($1)
"""

_DROP = "DELETE FROM outbox WHERE id = ANY($1) RETURNING job, payload::text AS payload, dead_at"


async def lock_job(entry_id: int) -> asyncpg.Record | None:
    """id, job, queue, tries, error, state; None when it is done."""
    rows = await DB.fetch(_LOCK, entry_id)
    return rows[0] if rows else None


async def lock_dead() -> list[asyncpg.Record]:
    """The same of those that were given up, the oldest `MANY`."""
    return await DB.fetch(_LOCK_DEAD, MANY)


async def retry(entry_ids: Sequence[int]) -> None:
    """Have locked ones done at once, from their first try."""
    await DB.fetch(_RETRY, entry_ids)


async def drop(entry_ids: Sequence[int]) -> None:
    """Let locked ones be forgotten; what follows from that is done, unless it was when they died."""
    await say_so([row for row in await DB.fetch(_DROP, entry_ids) if row["dead_at"] is None])
