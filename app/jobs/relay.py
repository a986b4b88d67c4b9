"""Sweeps the outbox: what never reached SAQ, was lost with Redis, waited for its time, or outlived its worker."""

import asyncio
from collections.abc import Sequence

import structlog

from app.database.unavailable import UNAVAILABLE
from app.jobs import leases
from app.jobs.queue import SHARE, UNREACHABLE, PatientQueue, Queues, enqueue, push, shares
from app.jobs.urgency import QueueName

log = structlog.get_logger("hubbub.jobs")

SWEEP_SECONDS = 1.0
HURRY_SECONDS = 0.05
ANSWER_SECONDS = 10.0
BATCH = 500

AWAY: tuple[type[Exception], ...] = (*UNAVAILABLE, *UNREACHABLE)


async def run(queues: Queues) -> None:
    away = False
    while True:
        pause = SWEEP_SECONDS
        try:
            if await sweep(queues):
                pause = HURRY_SECONDS
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
        await asyncio.sleep(pause)


async def sweep(queues: Queues) -> bool:
    """Tell SAQ again of jobs that are due; whether there is more to tell.

    It drops those it knows, and a claim takes each only once.
    """
    for row in await leases.bury():
        log.error("job_dead", job=row["job"], entry=row["id"])
    more = [await _fill(name, queue) for name, queue in queues.items()]
    return any(more)


async def tell_next(keys: Sequence[str]) -> None:
    """What had to wait for a job under one of these keys need not wait for a sweep, too."""
    push(await leases.due_under(keys))


async def _fill(name: QueueName, queue: PatientQueue) -> bool:
    """Thousands that wait already need no more beside them: those that were lost are told when it is their turn."""
    # A Redis that hangs keeps its connections open and says nothing.
    async with asyncio.timeout(ANSWER_SECONDS):
        if await queue.count("queued") * SHARE[name] >= BATCH:
            return False
        due = await leases.due(name, BATCH)
        told = [await enqueue(queue, some) for some in shares(name, due)]
    return len(due) == BATCH and any(told)
