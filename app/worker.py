"""Every job and every cron line, and the process that does them."""

import asyncio
from typing import Any

import structlog
from saq import CronJob, Worker
from saq.types import PartialTimersDict

from app.accounts.jobs import drop_expired_sessions, send_welcome
from app.comments.jobs import drop_pending_replies
from app.database.engine import DB
from app.demo import host
from app.jobs import queue, relay
from app.live import broker
from app.settings import settings

log = structlog.get_logger("hubbub.worker")

JOBS: relay.Jobs = {job.__name__: job for job in (send_welcome,)}

CONCURRENCY = 10
TIMERS: PartialTimersDict = {"schedule": 1, "worker_info": 10, "sweep": 10, "abort": 1}


async def run(_context: Any, *, entry_id: int) -> None:
    """The one function that SAQ knows: do what an outbox row says."""
    await relay.perform(JOBS, entry_id)


async def prune_sessions(_context: Any) -> None:
    await drop_expired_sessions()


async def prune_pending_replies(_context: Any) -> None:
    await drop_pending_replies()


CRONS = [
    CronJob(prune_sessions, cron="17 * * * *"),
    CronJob(prune_pending_replies, cron="27 * * * *"),
]


async def main() -> None:
    """Work until SIGTERM or SIGINT; running jobs are finished first."""
    await DB.start(size=settings.pool_size)
    saq = queue.open_queue()
    worker = Worker(
        saq, functions=[run], cron_jobs=CRONS, concurrency=CONCURRENCY, timers=TIMERS,
        shutdown_grace_period_s=0,
    )  # fmt: skip
    loops = [relay.run(saq), broker.publisher.run(), queue.pusher.run()]
    if settings.demo_allowed:
        loops.append(host.run())
    tasks = [asyncio.create_task(loop) for loop in loops]
    log.info("worker_ready", jobs=sorted(JOBS))
    try:
        await worker.start()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await saq.disconnect()
        await DB.stop()
