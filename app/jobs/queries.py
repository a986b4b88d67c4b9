"""What those who run it see of jobs: queues, rows by their state, what came of them, and the clock."""

from collections.abc import Mapping, Sequence
from typing import Literal

import asyncpg
import msgspec

from app.database.engine import DB
from app.jobs.urgency import QUEUES

State = Literal["dead", "failing", "running", "waiting", "later"]
STATES: tuple[State, ...] = ("dead", "failing", "running", "waiting", "later")
SHOWN = 50

# One whose lease ran out is waiting again: its worker is gone, and others are told of it.
STATE = """
CASE WHEN dead_at IS NOT NULL THEN 'dead' WHEN lease_until >= now() THEN 'running'
    WHEN run_at <= now() THEN 'waiting' WHEN tries > 0 THEN 'failing' ELSE 'later' END
"""
_QUEUES = f"""
SELECT queue, {STATE} AS state, count(*) AS count, extract(epoch FROM now() - min(run_at))::float8 AS late
FROM outbox GROUP BY 1, 2
"""
_JOBS = f"""
SELECT id, job, queue, state, tries, error, request_id, seconds FROM (
    SELECT *, row_number() OVER (PARTITION BY state ORDER BY run_at, id) AS place FROM (
        SELECT *, {STATE} AS state, abs(extract(epoch FROM now() - coalesce(dead_at, run_at)))::float8 AS seconds
        FROM outbox
    ) AS named
) AS placed
WHERE place <= $1 ORDER BY run_at, id
"""
_TALLIES = """
SELECT job, done, failed, discarded, CASE WHEN done > 0 THEN microseconds / 1000.0 / done END::float8 AS ms
FROM job_tallies ORDER BY job
"""
_SLOTS = """
SELECT name, extract(epoch FROM now() - max(slot))::float8 AS seconds FROM cron_runs GROUP BY name ORDER BY name
"""
_DEAD = "SELECT id, job, tries, error, dead_at FROM outbox WHERE dead_at IS NOT NULL ORDER BY dead_at, id"


class QueueState(msgspec.Struct, frozen=True):
    """`late` is for how many seconds the oldest that could be done has been waiting."""

    counts: Mapping[str, int]
    late: float


class JobRow(msgspec.Struct, frozen=True):
    """`seconds` until it is to run if it waits for its time, since then or since its end if not."""

    id: int
    job: str
    queue: str
    state: State
    tries: int
    error: str | None
    request_id: str | None
    seconds: float


async def list_queues() -> dict[str, QueueState]:
    """All queues, the most urgent first."""
    rows = await DB.fetch(_QUEUES)
    return {queue: _queue([row for row in rows if row["queue"] == queue]) for queue in QUEUES}


def _queue(rows: Sequence[asyncpg.Record]) -> QueueState:
    counts = dict.fromkeys(STATES, 0) | {row["state"]: row["count"] for row in rows}
    late = max((row["late"] for row in rows if row["state"] == "waiting"), default=0.0)
    return QueueState(counts, late)


async def list_jobs(limit: int = SHOWN) -> dict[str, list[JobRow]]:
    """The first of each state, in the order in which they are to run."""
    jobs = [msgspec.convert(dict(row), JobRow) for row in await DB.fetch(_JOBS, limit)]
    return {state: [job for job in jobs if job.state == state] for state in STATES}


async def list_tallies() -> list[asyncpg.Record]:
    """By job: done, failed, discarded, ms (on average, None when none was done)."""
    return await DB.fetch(_TALLIES)


async def list_slots() -> list[asyncpg.Record]:
    """By cron line: name, seconds since its latest slot that was taken began."""
    return await DB.fetch(_SLOTS)


async def list_dead() -> list[asyncpg.Record]:
    """What was given up, oldest first: id, job, tries, error, dead_at."""
    return await DB.fetch(_DEAD)
