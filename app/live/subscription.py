"""One reader on one channel: hot, which means at the tip, or behind, and then fed until it has caught up."""

import asyncio
from typing import TYPE_CHECKING

import structlog

from app.database.unavailable import UNAVAILABLE
from app.live import frames, log, metrics
from app.live.paging import refusal
from app.live.reader import Reader

if TYPE_CHECKING:
    from app.live.feed import Feed

logger = structlog.get_logger("hubbub.live")

RETRY_SECONDS = 1.0


class Subscription:
    """There is no third state: whoever was slow, cut off or new goes the same way."""

    __slots__ = ("_position", "_task", "epoch", "feed", "reader")

    def __init__(self, reader: Reader, feed: "Feed") -> None:
        self.reader = reader
        self.feed = feed
        self.epoch = ""
        self._position = -1
        self._task: asyncio.Task[None] | None = None

    @property
    def position(self) -> int:
        """The last `seq` that was written to it; -1 before the first and after the epoch has changed."""
        return self.feed.written if self in self.feed.hot else self._position

    def answer(self, request: frames.Subscribe, stand: log.Stand) -> None:
        """Say where it begins, and why not where it was asked to; then deliver."""
        reason = refusal(stand, request.epoch, request.after) if request.after is not None else None
        recovered = request.after is not None and reason is None
        if request.after is not None:
            metrics.recover(reason or "recovered")
        start = request.after if recovered and request.after is not None else stand.tip
        self.reader.send(frames.Subscribed(request.id, request.channel, stand.epoch, start, recovered))
        if reason is not None:
            self.reader.send(frames.Resync(request.channel, stand.epoch, stand.tip, reason))
        self.start(stand.epoch, start)

    def start(self, epoch: str, position: int) -> None:
        """Deliver everything after `position`, for as long as the subscription lives."""
        self.epoch, self._position = epoch, position
        if not self._join():
            self._chase()

    def cool(self) -> None:
        """Leave the hot set with what was written so far; come back when the reader has drained."""
        if self in self.feed.hot:
            self._leave()
            self._chase()

    def lose_place(self) -> None:
        """The epoch has changed: from here on only a `resync` says where this one stands."""
        placed = self in self.feed.hot or self._position >= 0
        self.feed.hot.discard(self)
        self._position = -1
        if placed:
            self._chase()

    def stop(self) -> None:
        self._leave()
        self.feed.subscriptions.discard(self)
        if self._task is not None:
            self._task.cancel()

    def _join(self) -> bool:
        # No await between the look at `last` and joining, or an event could pass in between.
        if self._position != self.feed.last or self.reader.full:
            return False
        self.feed.hot.add(self)
        return True

    def _leave(self) -> None:
        self._position = self.position
        self.feed.hot.discard(self)

    def _chase(self) -> None:
        if self._task is None:
            self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        try:
            while not self.reader.closed and not await self._try():
                pass
        finally:
            self._task = None

    async def _try(self) -> bool:
        try:
            return await self._step()
        except UNAVAILABLE as error:
            why = str(error) or type(error).__name__
            logger.warning("catch_up_failed", channel=self.feed.channel, error=why)
            await asyncio.sleep(RETRY_SECONDS)
            return False
        except Exception:
            # A reader that nothing feeds any more would look as if all were well.
            logger.exception("subscription_broken", channel=self.feed.channel)
            self.reader.on_broken()
            return True

    async def _step(self) -> bool:
        await self.reader.drained()
        if self._join():
            return True
        if self.feed.last is not None and self._position > self.feed.last:
            if not await asyncio.shield(self.feed.fill()):
                await asyncio.sleep(RETRY_SECONDS)
            return False
        await self._feed_page()
        return False

    async def _feed_page(self) -> None:
        history = await self.feed.history(max(self._position, 0))
        reason = refusal(history, self.epoch, self._position)
        if reason is None:
            self._position = self.feed.send_page(self.reader, self._position, history)
        else:
            metrics.recover(reason)
            self.epoch, self._position = history.epoch, history.tip
            self.reader.send(frames.Resync(self.feed.channel, history.epoch, history.tip, reason))
