"""Jobs written in the transaction of the change that wants them; the row is the truth, Redis only a messenger."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from app.database.engine import DB

LEASE_SECONDS = 120
BACKOFF_SECONDS = 5
MAX_TRIES = 8


class Entry(msgspec.Struct, frozen=True):
    """One job to do: its row's id, the job's name, and the arguments."""

    id: int
    job: str
    payload: dict[str, Any]


# The job that waits under this key is locked, not only seen: whoever claims it waits for our commit.
_ADD = """
INSERT INTO outbox (job, payload, key) VALUES ($1, $2::jsonb, $3)
ON CONFLICT (key) WHERE lease_until IS NULL AND dead_at IS NULL DO UPDATE SET key = outbox.key
RETURNING id, xmax = 0 AS added
"""

# A claim counts the try before the work: a job that kills its worker is not tried for ever, see `_BURY`.
_CLAIM = """
UPDATE outbox SET tries = tries + 1, lease_until = now() + make_interval(secs => $2)
WHERE id = $1 AND dead_at IS NULL AND run_at <= now() AND (lease_until IS NULL OR lease_until < now())
RETURNING id, job, payload::text AS payload
"""

# Until its next try it keeps a lease: without one it would wait under its key, where a newer job may be.
_FAIL = """
UPDATE outbox SET lease_until = later.at, run_at = later.at, error = $2,
    dead_at = CASE WHEN tries >= $4 THEN now() END
FROM (
    SELECT id, now() + make_interval(secs => $3 * power(2, tries) * (0.5 + random())) AS at
    FROM outbox WHERE id = $1
) AS later
WHERE outbox.id = later.id
"""

_BURY = """
UPDATE outbox SET dead_at = now(), error = coalesce(error, 'It never came back: no time left, or no worker.')
WHERE dead_at IS NULL AND tries >= $1 AND lease_until < now()
"""

_DUE = """
SELECT id, job, payload::text AS payload FROM outbox
WHERE dead_at IS NULL AND run_at <= now() AND (lease_until IS NULL OR lease_until < now())
ORDER BY run_at LIMIT $1
"""


async def add(job: Callable[..., Awaitable[None]], key: str | None, payload: dict[str, Any]) -> Entry | None:
    """Write one job; None when one with the same key still waits to start, which will see this change too."""
    text = msgspec.json.encode(payload).decode()
    rows = await DB.fetch(_ADD, job.__name__, text, key)
    return Entry(rows[0]["id"], job.__name__, payload) if rows[0]["added"] else None


async def claim(entry_id: int) -> Entry | None:
    """Take a job for `LEASE_SECONDS`; None when it is done, dead, not due, or in other hands."""
    rows = await DB.fetch(_CLAIM, entry_id, LEASE_SECONDS)
    return _entry(rows[0]) if rows else None


async def finish(entry_id: int) -> None:
    await DB.fetch("DELETE FROM outbox WHERE id = $1", entry_id)


async def fail(entry_id: int, error: str) -> None:
    """Give a job back, to be tried later, or leave it as a dead letter after `MAX_TRIES`."""
    await DB.fetch(_FAIL, entry_id, error[:2000], BACKOFF_SECONDS, MAX_TRIES)


async def bury() -> None:
    """Leave as dead letters the jobs whose last try ended without a word."""
    await DB.fetch(_BURY, MAX_TRIES)


async def due(limit: int) -> list[Entry]:
    return [_entry(row) for row in await DB.fetch(_DUE, limit)]


def _entry(row: Any) -> Entry:
    return Entry(row["id"], row["job"], msgspec.json.decode(row["payload"]))
