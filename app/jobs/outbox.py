"""Jobs written in the transaction of the change that wants them; the row is the truth, Redis only a messenger."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import asyncpg
import msgspec

from app.database.engine import DB

LEASE_SECONDS = 30
BACKOFF_SECONDS = 5
MAX_TRIES = 8

JobFunction = Callable[..., Awaitable[None]]


class Entry(msgspec.Struct, frozen=True):
    """One job to do. `tries` is how often it was claimed: only the last claim may finish it."""

    id: int
    tries: int
    job: str
    payload: dict[str, Any]


class LeaseLost(Exception):
    """Another worker has this job by now; what was done for it here must not be committed."""


# A row under this key that nobody has claimed yet is locked until our commit, though nothing in it changes:
# a claim waits for that, so the job sees our change. With DO NOTHING it might look just before.
ON_CONFLICT = """
ON CONFLICT (key) WHERE lease_until IS NULL AND dead_at IS NULL DO UPDATE SET key = excluded.key WHERE false
"""
_ADD = f"""
INSERT INTO outbox (job, payload, key, run_at) VALUES ($1, $2::jsonb, $3, now() + make_interval(secs => $4))
{ON_CONFLICT} RETURNING id
"""

_IS_DUE = "dead_at IS NULL AND run_at <= now() AND (lease_until IS NULL OR lease_until < now())"

# A claim counts the try before the work: a job that kills its worker is not tried for ever.
_CLAIM = f"""
UPDATE outbox SET tries = tries + 1, lease_until = now() + make_interval(secs => $2)
WHERE id = $1 AND tries < $3 AND {_IS_DUE}
RETURNING id, tries, job, payload::text AS payload
"""

_DUE = f"""
SELECT id, tries, job, payload::text AS payload FROM outbox
WHERE {_IS_DUE} AND tries < $2 ORDER BY run_at LIMIT $1
"""

_FINISH = "DELETE FROM outbox WHERE id = $1 AND tries = $2 RETURNING id"

_HELD = "FROM unnest($1::bigint[], $2::smallint[]) AS held (id, tries) WHERE o.id = held.id AND o.tries = held.tries"
_FINISH_ALL = f"DELETE FROM outbox AS o {_HELD.replace('FROM', 'USING', 1)}"
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
"""

_BURY = """
UPDATE outbox SET dead_at = now(), error = coalesce(error, 'The worker ended during the last try.')
WHERE dead_at IS NULL AND tries >= $1 AND lease_until < now() RETURNING id, job
"""


# Without their keys, as under one of them another may wait by now.
_REVIVE = """
UPDATE outbox SET dead_at = NULL, lease_until = NULL, tries = 0, run_at = now(), key = NULL
WHERE dead_at IS NOT NULL RETURNING id
"""


async def add(job: JobFunction, key: str | None, delay: float, payload: dict[str, Any]) -> Entry | None:
    """Write one job, to run after `delay` seconds; None when one with this key waits, which will see this change."""
    rows = await DB.fetch(_ADD, job.__name__, encode(payload), key, float(delay))
    return Entry(rows[0]["id"], 0, job.__name__, payload) if rows else None


def encode(payload: dict[str, Any]) -> str:
    return msgspec.json.encode(payload).decode()


async def claim(entry_id: int) -> Entry | None:
    """Take a job for `LEASE_SECONDS`; None when it is done, dead, not due, or in other hands."""
    rows = await DB.fetch(_CLAIM, entry_id, LEASE_SECONDS, MAX_TRIES)
    return _entry(rows[0]) if rows else None


async def finish(entry: Entry) -> None:
    """Remove the row in the transaction of the job's effect. Raises LeaseLost."""
    if not await DB.fetch(_FINISH, entry.id, entry.tries):
        raise LeaseLost


async def finish_all(entries: Sequence[Entry]) -> None:
    await DB.fetch(_FINISH_ALL, *_columns(entries))


async def renew(entries: Sequence[Entry]) -> None:
    await DB.fetch(_RENEW, *_columns(entries), LEASE_SECONDS)


async def hand_back(entries: Sequence[Entry]) -> None:
    """Let others have these at once."""
    await DB.fetch(_HAND_BACK, *_columns(entries))


async def fail(entry: Entry, error: str) -> None:
    """Have it tried later, twice as late each time; a dead letter after `MAX_TRIES`."""
    values = (entry.id, entry.tries, error[:2000], BACKOFF_SECONDS, MAX_TRIES)
    try:
        await DB.fetch(_FAIL, *values)
    except asyncpg.UniqueViolationError:
        # The heir came between: now it is there to be seen.
        await DB.fetch(_FAIL, *values)


async def bury() -> list[asyncpg.Record]:
    """Make dead letters of those whose last try ended with their worker."""
    return await DB.fetch(_BURY, MAX_TRIES)


async def due(limit: int) -> list[Entry]:
    return [_entry(row) for row in await DB.fetch(_DUE, limit, MAX_TRIES)]


async def list_dead() -> list[asyncpg.Record]:
    """Jobs that were given up, oldest first: id, job, tries, error, dead_at."""
    return await DB.fetch(
        "SELECT id, job, tries, error, dead_at FROM outbox WHERE dead_at IS NOT NULL ORDER BY dead_at, id"
    )


async def revive_dead() -> int:
    """Try all of those again, from the first try; how many there were."""
    return len(await DB.fetch(_REVIVE))


def _columns(entries: Sequence[Entry]) -> tuple[list[int], list[int]]:
    return [entry.id for entry in entries], [entry.tries for entry in entries]


def _entry(row: Any) -> Entry:
    return Entry(row["id"], row["tries"], row["job"], msgspec.json.decode(row["payload"]))
