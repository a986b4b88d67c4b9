"""One channel in this process: puts events in order, fills holes, and keeps readers at the tip.

A subscription is either hot, which means at the tip, or behind, and then its own task feeds it from
PostgreSQL until it has caught up. There is no third state: whoever was slow, cut off or new goes the same way.
"""

import asyncio
from collections.abc import Callable

import msgspec
import structlog

from app.database.unavailable import UNAVAILABLE
from app.live import frames, log
from app.live.paging import refusal, send_page
from app.live.reader import Batch, Reader

logger = structlog.get_logger("hubbub.live")

HOLE_SECONDS = 0.005
EARLY = 5000
RETRY_SECONDS = 1.0


class Feed:
    """`last` is the `seq` that every hot subscription has been written; None until the first read.

    `public` is whether everybody could read the channel when that was last looked at.
    """

    def __init__(self, channel: str, on_epoch: Callable[[str], None]) -> None:
        self.channel = channel
        self.last: int | None = None
        self.public = False
        self.subscriptions: set[Subscription] = set()
        self.hot: set[Subscription] = set()
        self._on_epoch = on_epoch
        self._tip = 0
        self._early: dict[int, bytes] = {}
        self._flushing = False
        self._filling: asyncio.Task[bool] | None = None

    def begin(self, tip: int) -> None:
        """Start at a tip read after Redis confirmed; what was heard of meanwhile, in whatever way, follows."""
        if self.last is None:
            self.last = tip
            self._deliver()
            if self._early or self._tip > self.last:
                self.fill()

    def hear(self, seq: int, frame: bytes) -> None:
        """Take an event from Redis, in any order, any number of times."""
        if (self.last is not None and seq <= self.last) or len(self._early) >= EARLY:
            return
        self._early[seq] = frame
        if not self._flushing:
            self._flushing = True
            asyncio.get_running_loop().call_soon(self._flush)

    def whisper(self, frame: bytes) -> None:
        """Pass on what has no place in the channel; who is behind does without."""
        batch = Batch([frame])
        for subscription in tuple(self.hot):
            subscription.reader.write(batch)

    def moved_to(self, seq: int) -> None:
        """The channel's tip is known to stand here; read what did not come by Redis."""
        # Kept for `begin`: its read may be older than this look at the tips, and none comes again.
        self._tip = max(self._tip, seq)
        if self.last is not None and seq > self.last:
            self.fill()

    def see_epoch(self, epoch: str) -> None:
        """Tell the hub in which epoch something was read; another one restarts every feed."""
        self._on_epoch(epoch)

    def fill(self) -> asyncio.Task[bool]:
        """Read from PostgreSQL up to the tip: one read at a time, whoever asks. False when it failed."""
        if self._filling is None or self._filling.done():
            self._filling = asyncio.create_task(self._fill())
        return self._filling

    def restart(self) -> None:
        """Forget every position: they belong to another epoch."""
        self.last, self._tip = None, 0
        self._early.clear()
        for subscription in tuple(self.subscriptions):
            subscription.lose_place()

    def stop(self) -> None:
        if self._filling is not None:
            self._filling.cancel()

    def _flush(self) -> None:
        self._flushing = False
        if self.last is None:
            return
        self._deliver()
        if self._early:
            asyncio.get_running_loop().call_later(HOLE_SECONDS, self._fill_hole)

    def _fill_hole(self) -> None:
        if self._early and self.last is not None and self.subscriptions:
            self.fill()

    def _deliver(self) -> None:
        if self.last is None:
            return
        texts, seq = [], self.last
        while (text := self._early.pop(seq + 1, None)) is not None:
            texts.append(text)
            seq += 1
        if texts:
            self._write(Batch(texts), seq)
        for stale in [number for number in self._early if number <= seq]:
            del self._early[stale]

    def _write(self, batch: Batch, seq: int) -> None:
        # A copy: a full transport leaves the hot set while we write to it.
        for subscription in tuple(self.hot):
            subscription.position = seq
            subscription.reader.write(batch)
        self.last = seq

    async def _fill(self) -> bool:
        try:
            while self.last is not None and await self._read_on(self.last):
                pass
        except UNAVAILABLE as error:
            # The next look at the tips asks for it again.
            logger.warning("fill_failed", channel=self.channel, error=str(error) or type(error).__name__)
            return False
        except Exception:
            logger.exception("fill_failed", channel=self.channel)
            return False
        return True

    async def _read_on(self, after: int) -> bool:
        """Take the next page; whether there is more. A log with a gap would have more for ever."""
        history = await log.read(self.channel, after, frames.PAGE)
        if history is None:
            return False
        self._take(history)
        if after == self.last and after < history.tip:
            raise RuntimeError(f"The log of {self.channel} has a gap after {after}.")
        return self.last is not None and self.last < history.tip

    def _take(self, history: log.History) -> None:
        self.see_epoch(history.epoch)
        if self.last is None:
            return
        if history.floor > self.last or history.tip < self.last:
            self.restart()
            return
        for item in history.items:
            self._early.setdefault(item.seq, self._frame(item))
        self._deliver()

    def _frame(self, item: log.Item) -> bytes:
        return msgspec.json.encode(log.Frame(self.channel, item.seq, item.event, item.at, item.data))


class Subscription:
    """One reader on one channel. `position` is the last `seq` that was written to it."""

    def __init__(self, reader: Reader, feed: Feed, epoch: str) -> None:
        self.reader = reader
        self.feed = feed
        self.epoch = epoch
        self.position = -1
        self._task: asyncio.Task[None] | None = None

    def start(self, position: int) -> None:
        """Deliver everything after `position`, for as long as the subscription lives."""
        self.position = position
        self._chase()

    def cool(self) -> None:
        """Leave the hot set with what was written so far; come back when the reader has drained."""
        if self in self.feed.hot:
            self.feed.hot.discard(self)
            self._chase()

    def lose_place(self) -> None:
        self.feed.hot.discard(self)
        if self.position >= 0:
            self.position = -1
            self._chase()

    def stop(self) -> None:
        self.feed.hot.discard(self)
        self.feed.subscriptions.discard(self)
        if self._task is not None:
            self._task.cancel()

    def _chase(self) -> None:
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        while not self.reader.closed:
            try:
                if await self._step():
                    return
            except UNAVAILABLE as error:
                why = str(error) or type(error).__name__
                logger.warning("catch_up_failed", channel=self.feed.channel, error=why)
                await asyncio.sleep(RETRY_SECONDS)
            except Exception:
                # A reader that nothing feeds any more would look as if all were well.
                logger.exception("subscription_broken", channel=self.feed.channel)
                self.reader.on_broken()
                return

    async def _step(self) -> bool:
        await self.reader.drained()
        if self.position == self.feed.last:
            # No await between the look at `last` and joining, or an event could pass in between.
            self.feed.hot.add(self)
            return True
        if self.feed.last is not None and self.position > self.feed.last:
            if not await asyncio.shield(self.feed.fill()):
                await asyncio.sleep(RETRY_SECONDS)
            return False
        await self._feed_page()
        return False

    async def _feed_page(self) -> None:
        history = await log.read(self.feed.channel, max(self.position, 0), frames.PAGE)
        if history is None:
            raise LookupError(f"The channel {self.feed.channel} is gone.")
        self.feed.see_epoch(history.epoch)
        self.feed.begin(history.tip)
        reason = refusal(history, self.epoch, self.position)
        if reason is None:
            self.position = send_page(self.reader, self.feed.channel, history)
        else:
            self.epoch, self.position = history.epoch, history.tip
            self.reader.send(frames.Resync(self.feed.channel, history.epoch, history.tip, reason))
