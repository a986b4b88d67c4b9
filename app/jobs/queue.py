"""The way from the outbox to SAQ: at once after a commit, in the background, and given up quickly."""

import asyncio
from collections import deque
from collections.abc import Iterable

import structlog
from saq import Queue
from saq.queue.redis import RedisQueue

from app.database.redis import connect
from app.jobs.outbox import LEASE_SECONDS, Entry

log = structlog.get_logger("hubbub.jobs")

PUSH_SECONDS = 1.0
BACKLOG = 10_000
RUN = "run"


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


def open_queue() -> RedisQueue:
    return RedisQueue(connect(), name="hubbub")


async def enqueue(saq: Queue, entry: Entry) -> None:
    """Tell SAQ of one outbox row. SAQ tries it once: tries, backoff and dead letters live in the row."""
    await saq.enqueue(
        RUN, key=f"outbox:{entry.id}", entry_id=entry.id, timeout=LEASE_SECONDS - 10, retries=1, ttl=60
    )


pusher = Pusher()


def push(entries: Iterable[Entry]) -> None:
    """Hand committed jobs over; returns at once and never fails."""
    pusher.push(entries)
