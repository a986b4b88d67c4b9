"""Follows `access`, and sees that what was revoked, ran out or cannot be known any more ends (LIVE.md 3.9, 4.7)."""

import asyncio
from datetime import UTC, datetime
from time import monotonic
from typing import Any

import msgspec
import structlog

from app.database.unavailable import UNAVAILABLE
from app.live import access, frames, log
from app.live.connections import Connection
from app.live.doubts import Doubt, Doubts
from app.live.farewell import RESTART
from app.live.hub import NOWHERE, Hub
from app.live.reader import Batch, Reader
from app.live.review import Identities, Review
from app.live.subscription import Subscription

logger = structlog.get_logger("hubbub.live")

# With the second that the tips may take to tell of it, within 2 s of the revocation.
SETTLE_SECONDS = 0.9
RETRY_SECONDS = 0.1
AGAIN_SECONDS = 1.0
TICK_SECONDS = 1.0


class Guard:
    """One for each process; starts after its hub and before its first connection."""

    def __init__(self, hub: Hub, identities: Identities) -> None:
        self._hub = hub
        self._identities = identities
        self._ear = Ear(hub.doubts)
        self._ear.on_broken = self._begin_again
        self._subscription: Subscription | None = None
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        self._subscription = await self._hub.follow(self._ear, access.CHANNEL)
        self._tasks = [asyncio.create_task(work) for work in (self._settle_doubts(), self._watch_time())]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._subscription is not None:
            self._hub.leave(self._subscription)

    def _begin_again(self) -> None:
        if self._subscription is not None:
            asyncio.get_running_loop().call_later(AGAIN_SECONDS, self._subscription.start, "", NOWHERE)

    async def _settle_doubts(self) -> None:
        while True:
            doubt = await self._hub.doubts.take()
            review = Review(self._hub, self._identities, doubt)
            try:
                if not await self._made_in_time(review, doubt):
                    _hang_up(review.concerned())
            except Exception:
                # Nothing definite is known of them, and nobody would look again.
                logger.exception("review_failed")
                _hang_up(review.concerned())

    async def _made_in_time(self, review: Review, doubt: Doubt) -> bool:
        until = doubt.since + SETTLE_SECONDS
        while (left := until - monotonic()) > 0:
            try:
                return await _within(review.make(), left)
            except UNAVAILABLE as error:
                logger.warning("review_failed", error=str(error) or type(error).__name__)
                await asyncio.sleep(RETRY_SECONDS)
        return False

    async def _watch_time(self) -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            # What expires is looked up before it ends: the clock that counts is PostgreSQL's.
            for credential in self._hub.connections.expired(datetime.now(UTC)):
                self._hub.doubts.add(credential)
            if self._hub.blind:
                _hang_up([connection for connection in self._hub.connections if _holds_private(connection)])


class Page(msgspec.Struct, tag_field="type", tag="events"):
    """What is read here of an `events` frame."""

    events: list[log.Item]


class Ear(Reader):
    """Stands in `access` where a connection stands in other channels."""

    def __init__(self, doubts: Doubts) -> None:
        super().__init__()
        self._doubts = doubts

    def write(self, batch: Batch) -> None:
        for text in batch.texts:
            frame = msgspec.json.decode(text, type=log.Frame | Page)
            for item in frame.events if isinstance(frame, Page) else (frame,):
                self._hear(item.data)

    def send(self, frame: frames.ServerFrame) -> None:
        if isinstance(frame, frames.Resync):
            self._doubts.hear_all()

    def unsent(self) -> int:
        return 0

    def _hear(self, data: msgspec.Raw) -> None:
        subject = msgspec.json.decode(data, type=str | None)
        if subject is None:
            # What was said has been blanked since; that somebody was meant is all that is left of it.
            self._doubts.hear_all()
        else:
            self._doubts.hear(subject)


async def _within(work: Any, seconds: float) -> bool:
    """Whether it was done in time. It is not waited for when it was not: PostgreSQL may hang for long."""
    task = asyncio.create_task(work)
    done, _ = await asyncio.wait({task}, timeout=seconds)
    if not done:
        task.cancel()
        task.add_done_callback(lambda late: late.cancelled() or late.exception())
        return False
    task.result()
    return True


def _holds_private(connection: Connection) -> bool:
    return any(not subscription.feed.public for subscription in connection.subscriptions.values())


def _hang_up(connections: list[Connection]) -> None:
    for connection in connections:
        connection.hang_up(RESTART, "unavailable")
