"""The way from the outbox to SAQ: at once after a commit, in the background, and given up quickly."""

import asyncio
import random
from collections import deque
from collections.abc import Iterable
from time import time
from typing import Any

import structlog
from redis.exceptions import RedisError
from saq import Queue
from saq.job import Job
from saq.queue.redis import RedisQueue

from app.database.redis import connect
from app.jobs.outbox import Entry

log = structlog.get_logger("hubbub.jobs")

PUSH_SECONDS = 1.0
LONGEST_SECONDS = 3700
TELL_AGAIN_SECONDS = 15
BACKLOG = 10_000
RUN = "run"
UNREACHABLE: tuple[type[Exception], ...] = (RedisError, OSError, TimeoutError)


class PatientQueue(RedisQueue):
    """SAQ asks again at once when Redis is away, as fast as it can; this one waits a moment first."""

    async def dequeue(self, timeout: float = 0.0, poll_interval: float = 0.0) -> Job | None:  # noqa: ASYNC109  # SAQ's own signature
        try:
            return await super().dequeue(timeout, poll_interval)
        except UNREACHABLE:
            await asyncio.sleep(random.uniform(0.3, 1.0))  # noqa: S311  # spreading, not secrecy
            return None

    async def disconnect(self) -> None:
        """Close what is open.

        SAQ would first connect once more, to unsubscribe from what nobody subscribed to; in a task that is
        being cancelled this fails before Python 3.11.3, and leaves every connection open.
        """
        await self.redis.aclose()


class Pusher:
    """Enqueues committed jobs. What fails here is swept by the relay in the worker."""

    def __init__(self) -> None:
        # What falls out at the far end is swept.
        self._waiting: deque[Entry] = deque(maxlen=BACKLOG)
        self._wake = asyncio.Event()

    def push(self, entries: Iterable[Entry]) -> None:
        self._waiting.extend(entries)
        self._wake.set()

    async def run(self) -> None:
        saq = open_queue()
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                while self._waiting:
                    await self._send(saq)
        finally:
            await saq.disconnect()

    async def _send(self, saq: Queue) -> None:
        try:
            async with asyncio.timeout(PUSH_SECONDS):
                await enqueue(saq, self._waiting.popleft())
        except Exception as error:  # noqa: BLE001  # a pusher that ends is missed by nobody
            self._waiting.clear()
            log.warning("enqueue_failed", error=str(error) or type(error).__name__)


def open_queue() -> PatientQueue:
    return PatientQueue(connect(), name="hubbub")


async def enqueue(saq: Queue, entry: Entry) -> None:
    """Tell SAQ of one outbox row. SAQ tries it once: tries, backoff and dead letters live in the row.

    SAQ refuses a key that it thinks is in somebody's hands, and when a worker or Redis ends between two
    commands it thinks so for an hour. So the key changes: to tell twice does no harm, a claim takes it once.
    """
    key = f"outbox:{entry.id}:{entry.tries}:{int(time() // TELL_AGAIN_SECONDS)}"
    values: dict[str, Any] = {"timeout": LONGEST_SECONDS, "retries": 1, "ttl": 60}
    await saq.enqueue(RUN, key=key, entry_id=entry.id, **values)


pusher = Pusher()


def push(entries: Iterable[Entry]) -> None:
    """Hand committed jobs over; returns at once and never fails."""
    pusher.push(entries)
