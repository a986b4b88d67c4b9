"""The way from the outbox to SAQ: at once after a commit, in the background, and given up quickly."""

import asyncio
import random
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from time import time
from typing import Any

import structlog
from redis.exceptions import RedisError
from saq import Queue
from saq.job import Job
from saq.queue.redis import RedisQueue

from app.database.redis import connect
from app.jobs.outbox import Entry
from app.jobs.urgency import QUEUES, QueueName

log = structlog.get_logger("hubbub.jobs")

PUSH_SECONDS = 1.0
# SAQ costs as much for one message as for one that names several jobs; those that may take an hour come alone.
SHARE: dict[QueueName, int] = {"urgent": 10, "usual": 10, "slow": 1}
LONGEST_SECONDS = 37_000
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

    async def notify(self, job: Job) -> None:
        """Nothing: nobody waits for what comes of a messenger, and to say so twice for each is a third of the way."""

    async def disconnect(self) -> None:
        """Close what is open.

        SAQ would first connect once more, to unsubscribe from what nobody subscribed to; in a task that is
        being cancelled this fails before Python 3.11.3, and leaves every connection open.
        """
        await self.redis.aclose()


Queues = Mapping[QueueName, PatientQueue]


class Pusher:
    """Enqueues committed jobs, urgent ones first. What fails here is swept by the relay in the worker."""

    def __init__(self) -> None:
        # What falls out at the far end is swept.
        self._waiting = {name: deque[Entry](maxlen=BACKLOG) for name in QUEUES}
        self._wake = asyncio.Event()

    @property
    def idle(self) -> bool:
        return not any(self._waiting.values())

    def push(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            self._waiting[entry.queue].append(entry)
        self._wake.set()

    def forget(self) -> None:
        for waiting in self._waiting.values():
            waiting.clear()

    async def run(self) -> None:
        queues = open_queues()
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                while not self.idle:
                    await self._send(queues)
        finally:
            await close(queues)

    async def _send(self, queues: Queues) -> None:
        name, waiting = next(each for each in self._waiting.items() if each[1])
        some = [waiting.popleft() for _ in range(min(SHARE[name], len(waiting)))]
        try:
            async with asyncio.timeout(PUSH_SECONDS):
                await enqueue(queues[name], some)
        except Exception as error:  # noqa: BLE001  # a pusher that ends is missed by nobody
            self.forget()
            log.warning("enqueue_failed", error=str(error) or type(error).__name__)


def open_queues(names: Iterable[QueueName] = QUEUES) -> Queues:
    return {name: PatientQueue(connect(), name=f"hubbub:{name}") for name in names}


async def close(queues: Queues) -> None:
    for queue in queues.values():
        await queue.disconnect()


async def enqueue(saq: Queue, entries: Sequence[Entry]) -> bool:
    """Tell SAQ of some outbox rows in one message; whether it was news.

    SAQ tries it once: tries, backoff and dead letters live in the rows. It refuses a key that it thinks is
    in somebody's hands, and when a worker or Redis ends between two commands it thinks so for an hour. So
    the key changes: to tell twice does no harm, a claim takes each once.
    """
    ids, tries = [entry.id for entry in entries], sum(entry.tries for entry in entries)
    key = f"outbox:{ids[0]}:{ids[-1]}:{len(ids)}:{tries}:{int(time() // TELL_AGAIN_SECONDS)}"
    values: dict[str, Any] = {"timeout": LONGEST_SECONDS, "retries": 1, "ttl": 60}
    return await saq.enqueue(RUN, key=key, entry_ids=ids, **values) is not None


def shares(name: QueueName, entries: Iterable[Entry]) -> list[list[Entry]]:
    """One message each. The same neighbours stay together, so that what is told again is recognised."""
    by_id = sorted(entries, key=lambda entry: entry.id)
    return [list(some) for _, some in groupby(by_id, lambda entry: entry.id // SHARE[name])]


pusher = Pusher()


def push(entries: Iterable[Entry]) -> None:
    """Hand committed jobs over; returns at once and never fails."""
    pusher.push(entries)
