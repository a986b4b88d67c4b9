"""Sweeps the outbox: what never reached SAQ, was lost with Redis, or was left by a worker that died."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import structlog
from redis.exceptions import RedisError
from saq import Queue

from app.database.unavailable import UNAVAILABLE
from app.jobs import outbox
from app.jobs.queue import enqueue

log = structlog.get_logger("hubbub.jobs")

SWEEP_SECONDS = 2.0
SWEEP_TIMEOUT = 30.0
BATCH = 500

AWAY: tuple[type[Exception], ...] = (*UNAVAILABLE, RedisError, OSError, TimeoutError)

Jobs = Mapping[str, Callable[..., Awaitable[None]]]


async def sweep(saq: Queue) -> None:
    """Tell SAQ again of every job that is due; it drops those it knows, and a claim takes each only once."""
    await outbox.bury()
    for entry in await outbox.due(BATCH):
        await enqueue(saq, entry)


async def run(saq: Queue) -> None:
    while True:
        try:
            async with asyncio.timeout(SWEEP_TIMEOUT):
                await sweep(saq)
        except AWAY as error:
            log.warning("sweep_failed", error=str(error) or type(error).__name__)
        except Exception:
            # Nobody would notice that jobs which were lost on their way are not found any more.
            log.exception("sweep_failed")
        await asyncio.sleep(SWEEP_SECONDS)


async def perform(jobs: Jobs, entry_id: int) -> None:
    """Do one job of the outbox, if it still is to be done."""
    entry = await outbox.claim(entry_id)
    if entry is None:
        return
    try:
        await jobs[entry.job](**entry.payload)
    except Exception as error:  # whatever it is, it is kept in the row and tried again
        log.exception("job_failed", job=entry.job, entry=entry.id)
        await outbox.fail(entry.id, f"{type(error).__name__}: {error}")
    else:
        await outbox.finish(entry.id)
