"""Jobs that were given up: listed, tried again, or dropped."""

import asyncpg

from app.database.engine import DB

# Without their keys, as under one of them another may wait by now.
_REVIVE = """
UPDATE outbox SET dead_at = NULL, lease_until = NULL, tries = 0, run_at = now(), key = NULL
WHERE dead_at IS NOT NULL RETURNING id
"""


async def list_dead() -> list[asyncpg.Record]:
    """Oldest first: id, job, tries, error, dead_at."""
    return await DB.fetch(
        "SELECT id, job, tries, error, dead_at FROM outbox WHERE dead_at IS NOT NULL ORDER BY dead_at, id"
    )


async def revive_dead() -> int:
    """Try all of them again, from the first try; how many there were."""
    return len(await DB.fetch(_REVIVE))
