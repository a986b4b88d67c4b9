"""The commit point: the only place that publishes events and enqueues jobs, and only after COMMIT."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import asyncpg

from app.database.engine import DB
from app.jobs import outbox, queue
from app.jobs.urgency import JobFunction
from app.live import activity, broker, channels, log

P = ParamSpec("P")
R = TypeVar("R")

TRIES = 4
MAX_CHANNELS = 100
_LOST = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError)


class Change:
    """One change in progress: what will be said and done once it is committed.

    The order is the same everywhere (LIVE.md 3.2): lock the data rows, posts before comments; then
    `advance` all channels concerned at once; then write the rows with their `seq`; then `record`.
    What takes access away calls `live.access.revoke` just before `advance`.
    """

    def __init__(self) -> None:
        self.messages: list[log.Message] = []
        self.jobs: list[outbox.Entry] = []
        self._counts: dict[str, int] = {}
        self._seqs: dict[str, int] = {}
        self._by = 1

    @property
    def advanced(self) -> bool:
        """Whether the change holds its channels already."""
        return bool(self._seqs)

    async def advance(self, *channels: str, by: int = 1) -> Mapping[str, int]:
        """Lock the channels and return the `seq` that this change has in each; the last of several with `by`."""
        if self._seqs or len(channels) > MAX_CHANNELS:
            raise RuntimeError("A change advances its channels once, all together, and at most 100.")
        self._seqs, self._by = await log.advance(channels, by), by
        return self._seqs

    async def record(self, event: log.Event) -> None:
        """Log the event on each of its channels; it is published after the commit."""
        self.messages += await log.append(event, self._seqs)

    async def record_all(self, events: Iterable[log.Event]) -> None:
        """Log many events at once; those of one channel take the places that `advance` gave it, in this order."""
        places = {channel: seq - self._by for channel, seq in self._seqs.items()}
        placed = []
        for event in events:
            for channel in event.channels:
                places[channel] += 1
                placed.append((event, channel, places[channel]))
        if places != self._seqs:
            raise RuntimeError("A change leaves no place in a channel that it took.")
        self.messages += await log.append_all(placed)

    def count(self, post_id: int, comments_count: int) -> None:
        """Have the front page told how many comments a post has; the post's channel must be advanced too."""
        self._counts[channels.post(post_id)] = comments_count

    def say(self) -> None:
        """What readers and workers are told once it is committed."""
        broker.publish(self.messages)
        for channel in self._counts.keys() & self._seqs:
            activity.say(channel, self._seqs[channel], self._counts[channel])
        queue.push(self.jobs)

    async def enqueue(
        self,
        job: JobFunction,
        *,
        key: str | None = None,
        delay: float = 0,
        once_in: float = 0,
        **payload: Any,
    ) -> None:
        """Put a job into the outbox; it goes to the queue after the commit, and is swept if that fails.

        One that waits under the same `key` is enough; one that is being done under it is done first. With
        `once_in`, in seconds, one of that time is enough, also when it is done. Keys come last in a change,
        and in order, as two changes that want the same one wait for each other. One with a `delay` in
        seconds is only swept. How urgent a job is stands above it: `@urgent`, `@slow`, or neither.
        """
        entry = await outbox.add(job, payload, outbox.Wanted(key, delay, once_in))
        if entry is not None and not delay:
            self.jobs.append(entry)


@asynccontextmanager
async def transaction() -> AsyncIterator[Change]:
    """One change: everything in it is committed, then said; or none of it happened. Nesting is refused."""
    change = Change()
    async with DB.transaction():
        yield change
    change.say()


async def commit_statement(sql: str, *args: object) -> list[asyncpg.Record]:
    """A change that is a single statement, committed by itself; its rows are logged events.

    `sql` returns channel, seq, kind, at, data, epoch of what it appended to `events`, and, for the front
    page, comments_count; no row means that its conditions did not hold and nothing was changed.
    """
    if DB.current_transaction.get() is not None:
        raise RuntimeError("A change of one statement cannot be part of another.")
    rows = await _run(sql, *args)
    broker.publish([log.message(row) for row in rows])
    for row in rows:
        if (comments_count := row.get("comments_count")) is not None:
            activity.say(row["channel"], row["seq"], comments_count)
    return rows


def retried(change: Callable[P, Awaitable[R]]) -> Callable[P, Awaitable[R]]:
    """Run a change again, three times at most, when PostgreSQL gave it up to end a deadlock."""

    @wraps(change)
    async def run(*args: P.args, **kwargs: P.kwargs) -> R:
        for left in reversed(range(TRIES)):
            try:
                return await change(*args, **kwargs)
            except _LOST:
                if not left:
                    raise
            await asyncio.sleep(random.uniform(0.005, 0.05))  # noqa: S311  # spreading, not secrecy
        raise AssertionError

    return run


@retried
async def _run(sql: str, *args: object) -> list[asyncpg.Record]:
    return await DB.fetch(sql, *args)
