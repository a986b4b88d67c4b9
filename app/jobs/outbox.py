"""Jobs written in the transaction of the change that wants them; the row is the truth, Redis only a messenger."""

from typing import Any, NamedTuple

import msgspec
from structlog.contextvars import get_contextvars

from app.database.engine import DB
from app.jobs.urgency import JobFunction, QueueName, queue_of


class Entry(msgspec.Struct, frozen=True):
    """One job to do. `tries` is how often it was claimed: only the last claim may finish it."""

    id: int
    tries: int
    job: str
    payload: dict[str, Any]
    queue: QueueName = "usual"
    request_id: str | None = None


class Wanted(NamedTuple):
    """When a job is to run, and which others it stands for; seconds."""

    key: str | None = None
    delay: float = 0
    once_in: float = 0


# A row under this key that nobody has claimed yet is locked until our commit, though nothing in it changes:
# a claim waits for that, so the job sees our change. With DO NOTHING it might look just before.
ON_CONFLICT = """
ON CONFLICT (key) WHERE lease_until IS NULL AND dead_at IS NULL DO UPDATE SET key = excluded.key WHERE false
"""
_ADD = f"""
INSERT INTO outbox (job, payload, key, run_at, queue, request_id)
VALUES ($1, $2::jsonb, $3, now() + make_interval(secs => $4), $5, $6)
{ON_CONFLICT} RETURNING id
"""
_REMEMBER = """
INSERT INTO job_keys (key, until) VALUES ($1, now() + make_interval(secs => $2))
ON CONFLICT (key) DO UPDATE SET until = excluded.until WHERE job_keys.until <= now() RETURNING key
"""


async def add(job: JobFunction, payload: dict[str, Any], wanted: Wanted) -> Entry | None:
    """Write one job; None when one under its key waits, which will see this change, or was enough for now."""
    if wanted.once_in and not await DB.fetch(_REMEMBER, wanted.key, float(wanted.once_in)):
        return None
    name, queue, cause = job.__name__, queue_of(job), request_id()
    rows = await DB.fetch(_ADD, name, encode(payload), wanted.key, float(wanted.delay), queue, cause)
    return Entry(rows[0]["id"], 0, name, payload, queue, cause) if rows else None


def encode(payload: dict[str, Any]) -> str:
    return msgspec.json.encode(payload).decode()


def request_id() -> str | None:
    """The request that is being answered, or that caused the job which is being done."""
    return get_contextvars().get("request_id")


async def forget_old_keys() -> None:
    await DB.fetch("DELETE FROM job_keys WHERE until <= now()")
