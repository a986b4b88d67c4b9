"""Does what the outbox holds, in this process, until nothing is due."""

from app.database.engine import DB
from app.jobs.performer import Performer
from app.worker import JOBS

# A moment ago: the column is rounded to milliseconds, up as well as down.
_DUE_NOW = "UPDATE outbox SET run_at = now() - interval '1 ms' WHERE run_at > now() - interval '1 ms'"


async def do_jobs() -> None:
    """What waits for its time is not waited for. A job that fails fails the test."""
    performer = Performer(JOBS)
    await DB.fetch(_DUE_NOW)
    while rows := await DB.fetch(
        "SELECT id FROM outbox WHERE lease_until IS NULL AND run_at <= now() ORDER BY id"
    ):
        for row in rows:
            await performer.perform(row["id"])
        await performer.flush()
        await DB.fetch(f"{_DUE_NOW} AND error IS NULL")
    failed = await DB.fetch("SELECT job, error FROM outbox WHERE error IS NOT NULL")
    assert not failed, [dict(row) for row in failed]
