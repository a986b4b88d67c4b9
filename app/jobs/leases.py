"""Who does a job: claims, their ends, and the tries. A claim is a lease: whoever dies loses it."""

from collections.abc import Sequence
from typing import Any

import asyncpg
import msgspec

from app.database.engine import DB
from app.jobs.giving_up import say_so
from app.jobs.outbox import Entry

LEASE_SECONDS = 30
BACKOFF_SECONDS = 5
MAX_TRIES = 8


class LeaseLost(Exception):
    """Another worker has this job by now; what was done for it here must not be committed."""


# Under one key only one job is done at a time: the change that came meanwhile is done after it.
_IS_DUE = """
dead_at IS NULL AND run_at <= now() AND (lease_until IS NULL OR lease_until < now())
AND NOT (lease_until IS NULL AND key IS NOT NULL AND EXISTS (
    SELECT FROM outbox AS other
    WHERE other.key = outbox.key AND other.lease_until IS NOT NULL AND other.dead_at IS NULL))
"""
_COLUMNS = "id, tries, job, payload::text AS payload, queue, request_id"

# A claim counts the try before the work: a job that kills its worker is not tried for ever. It need not be
# on the disk: what a crash of PostgreSQL takes back is claimed once more, and what is done is waited for.
_CLAIM = f"""
UPDATE outbox SET tries = tries + 1, lease_until = now() + make_interval(secs => $2)
FROM (SELECT set_config('synchronous_commit', 'off', true)) AS quickly
WHERE id = ANY($1) AND tries < $3 AND {_IS_DUE}
RETURNING {_COLUMNS}
"""

_DUE = f"""
SELECT {_COLUMNS} FROM outbox WHERE queue = $1 AND tries < $3 AND {_IS_DUE} ORDER BY run_at LIMIT $2
"""

_DUE_UNDER = f"SELECT {_COLUMNS} FROM outbox WHERE key = ANY($1) AND tries < $2 AND {_IS_DUE}"

_FINISH = "DELETE FROM outbox WHERE id = $1 AND tries = $2 RETURNING id"

_HELD = "FROM unnest($1::bigint[], $2::smallint[]) AS held (id, tries) WHERE o.id = held.id AND o.tries = held.tries"
_FINISH_ALL = f"DELETE FROM outbox AS o {_HELD.replace('FROM', 'USING', 1)} RETURNING o.key"
_RENEW = f"UPDATE outbox AS o SET lease_until = now() + make_interval(secs => $3) {_HELD}"
_HAND_BACK = f"UPDATE outbox AS o SET lease_until = now() {_HELD}"

# Under a key only one row may wait. When a later change has put one there, that one takes over.
_FAIL = """
WITH failed AS (
    SELECT id, key, tries, tries >= $5 AS over,
        now() + make_interval(secs => $4 * power(2, tries) * (0.5 + random())) AS again
    FROM outbox WHERE id = $1 AND tries = $2
), heir AS (
    UPDATE outbox SET tries = greatest(outbox.tries, failed.tries), run_at = failed.again, error = $3
    FROM failed WHERE NOT failed.over AND outbox.key = failed.key
        AND outbox.lease_until IS NULL AND outbox.dead_at IS NULL
    RETURNING outbox.id
), gone AS (
    DELETE FROM outbox WHERE id = (SELECT id FROM failed) AND EXISTS (SELECT FROM heir)
)
UPDATE outbox SET lease_until = NULL, error = $3, run_at = failed.again,
    dead_at = CASE WHEN failed.over THEN now() END
FROM failed WHERE outbox.id = failed.id AND NOT EXISTS (SELECT FROM heir)
RETURNING outbox.job, outbox.payload::text AS payload, outbox.dead_at
"""

_BURY = """
UPDATE outbox SET dead_at = now(), error = coalesce(error, 'The worker ended during the last try.')
WHERE dead_at IS NULL AND tries >= $1 AND lease_until < now()
RETURNING id, job, payload::text AS payload
"""


async def claim(entry_ids: Sequence[int]) -> list[Entry]:
    """Take these for `LEASE_SECONDS`; not those that are done, dead, not due, or in other hands."""
    return _entries(await DB.fetch(_CLAIM, entry_ids, LEASE_SECONDS, MAX_TRIES))


async def finish(entry: Entry) -> None:
    """Remove the row in the transaction of the job's effect. Raises LeaseLost."""
    if not await DB.fetch(_FINISH, entry.id, entry.tries):
        raise LeaseLost


async def finish_all(entries: Sequence[Entry]) -> list[str]:
    """Remove the rows of these; the keys that are free now."""
    rows = await DB.fetch(_FINISH_ALL, *_columns(entries))
    return [row["key"] for row in rows if row["key"] is not None]


async def renew(entries: Sequence[Entry]) -> None:
    await DB.fetch(_RENEW, *_columns(entries), LEASE_SECONDS)


async def hand_back(entries: Sequence[Entry]) -> None:
    """Let others have these at once."""
    await DB.fetch(_HAND_BACK, *_columns(entries))


async def fail(entry: Entry, error: str) -> None:
    """Have it tried later, twice as late each time; a dead letter after `MAX_TRIES`."""
    values = (entry.id, entry.tries, error[:2000], BACKOFF_SECONDS, MAX_TRIES)
    try:
        await _fail(values)
    except asyncpg.UniqueViolationError:
        # The heir came between: now it is there to be seen.
        await _fail(values)


async def _fail(values: tuple[object, ...]) -> None:
    async with DB.transaction():
        await say_so([row for row in await DB.fetch(_FAIL, *values) if row["dead_at"] is not None])


async def bury() -> list[asyncpg.Record]:
    """Make dead letters of those whose last try ended with their worker."""
    async with DB.transaction():
        dead = await DB.fetch(_BURY, MAX_TRIES)
        await say_so(dead)
    return dead


async def due(queue: str, limit: int) -> list[Entry]:
    """What could be claimed now, the longest due first."""
    return _entries(await DB.fetch(_DUE, queue, limit, MAX_TRIES))


async def due_under(keys: Sequence[str]) -> list[Entry]:
    """What waited for one of these keys."""
    return _entries(await DB.fetch(_DUE_UNDER, keys, MAX_TRIES))


def _columns(entries: Sequence[Entry]) -> tuple[list[int], list[int]]:
    return [entry.id for entry in entries], [entry.tries for entry in entries]


def _entries(rows: Sequence[Any]) -> list[Entry]:
    return [msgspec.convert({**row, "payload": msgspec.json.decode(row["payload"])}, Entry) for row in rows]
