"""Sweeps the outbox: what never reached SAQ, was lost with Redis, waited for its time, or outlived its worker."""

import asyncio

import structlog
from saq import Queue

from app.database.unavailable import UNAVAILABLE
from app.jobs import outbox
from app.jobs.queue import UNREACHABLE, enqueue

log = structlog.get_logger("hubbub.jobs")

SWEEP_SECONDS = 1.0
ANSWER_SECONDS = 10.0
BATCH = 500

AWAY: tuple[type[Exception], ...] = (*UNAVAILABLE, *UNREACHABLE)


async def run(saq: Queue) -> None:
    away = False
    while True:
        try:
            await sweep(saq)
        except AWAY as error:
            # Once, not every second of an outage.
            if not away:
                log.warning("sweep_failed", error=str(error) or type(error).__name__)
            away = True
        except Exception:
            # Nobody would notice that jobs which were lost on their way are not found any more.
            log.exception("sweep_failed")
        else:
            away = False
        await asyncio.sleep(SWEEP_SECONDS)


async def sweep(saq: Queue) -> None:
    """Tell SAQ again of every job that is due; it drops those it knows, and a claim takes each only once."""
    for row in await outbox.bury():
        log.error("job_dead", job=row["job"], entry=row["id"])
    # A Redis that hangs keeps its connections open and says nothing.
    async with asyncio.timeout(ANSWER_SECONDS):
        for entry in await outbox.due(BATCH):
            await enqueue(saq, entry)
