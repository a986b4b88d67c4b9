"""One channel in this process: puts events in order, fills holes, and writes each once for all who are at the tip."""

import asyncio
from collections.abc import Callable

import msgspec
import structlog

from app.database.unavailable import UNAVAILABLE
from app.live import frames, log, metrics
from app.live.hot import Hot
from app.live.paging import page
from app.live.reader import Batch, Reader
from app.live.ring import Ring
from app.live.subscription import Subscription

logger = structlog.get_logger("hubbub.live")

HOLE_SECONDS = 0.005
EARLY = 5000
PAGES = 64

Page = tuple[Batch, int]


class Feed:
    """`last` is the `seq` that every hot subscription has been written; None until the first read.

    `written` is the same, but for the time of a write loop: then it is where that loop leads. `public` is
    whether everybody could read the channel when that was last looked at.
    """

    def __init__(self, channel: str, epoch: str, on_epoch: Callable[[str], None]) -> None:
        self.channel = channel
        self.epoch = epoch
        self.last: int | None = None
        self.written = -1
        self.public = False
        self.subscriptions: set[Subscription] = set()
        self.hot = Hot()
        self._ring = Ring()
        self._pages: dict[tuple[int, int], Page] = {}
        self._on_epoch = on_epoch
        self._tip = 0
        self._early: dict[int, bytes] = {}
        self._commits: dict[int, float] = {}
        self._flushing = False
        self._filling: asyncio.Task[bool] | None = None
        self._reading = asyncio.Lock()

    def begin(self, tip: int) -> None:
        """Start at a tip read after Redis confirmed; what was heard of meanwhile, in whatever way, follows."""
        if self.last is None:
            self.last = self.written = tip
            self._deliver()
            if self._early or self._tip > self.last:
                self.fill()

    def hear(self, seq: int, frame: bytes, committed: float = 0.0) -> None:
        """Take an event from Redis, in any order, any number of times."""
        if self.last is not None and seq <= self.last:
            return
        if len(self._early) >= EARLY:
            metrics.gap("early")
            return
        self._early[seq], self._commits[seq] = frame, committed
        if not self._flushing:
            self._flushing = True
            asyncio.get_running_loop().call_soon(self._flush)

    def whisper(self, frame: bytes) -> None:
        """Pass on what has no place in the channel; who is behind does without."""
        self.hot.write(Batch([frame]))

    def moved_to(self, seq: int) -> None:
        """The channel's tip is known to stand here; read what did not come by Redis."""
        # Kept for `begin`: its read may be older than this look at the tips, and none comes again.
        self._tip = max(self._tip, seq)
        if self.last is not None and seq > self.last:
            metrics.gap("tips")
            self.fill()

    def see_epoch(self, epoch: str) -> None:
        """Tell the hub in which epoch something was read; another one restarts every feed."""
        self._on_epoch(epoch)

    def fill(self) -> asyncio.Task[bool]:
        """Read from PostgreSQL up to the tip: one read at a time, whoever asks. False when it failed."""
        if self._filling is None or self._filling.done():
            self._filling = asyncio.create_task(self._fill())
        return self._filling

    def restart(self, epoch: str) -> None:
        """Forget every position: they belong to another epoch."""
        self.epoch = epoch
        self.last, self.written, self._tip = None, -1, 0
        self._early.clear()
        self._commits.clear()
        self._forget()
        for subscription in tuple(self.subscriptions):
            subscription.lose_place()

    def stop(self) -> None:
        if self._filling is not None:
            self._filling.cancel()

    def remembered(self, after: int, limit: int = frames.PAGE) -> list[log.Item] | None:
        """What follows a position, if all of it is in memory."""
        return [] if after == self.last else self._ring.after(after, limit)

    async def history(self, after: int) -> log.History:
        """What follows a position; one read at a time, so that those who need the same share it."""
        async with self._reading:
            items = self.remembered(after)
            if items is not None and self.last is not None:
                return log.History(self.epoch, self.last, 0, items)
            return await self._read(after)

    def send_page(self, reader: Reader, after: int, history: log.History) -> int:
        """Write what `history` holds to a reader; encoded once for all who need the same. The last `seq` in it."""
        key = (after, history.tip)
        found = self._pages.get(key)
        if found is None:
            if len(self._pages) >= PAGES:
                self._pages.clear()
            found = self._pages[key] = page(self.channel, history)
        reader.write(found[0])
        return found[1]

    async def _read(self, after: int) -> log.History:
        history = await log.read(self.channel, after, frames.PAGE)
        if history is None:
            raise LookupError(f"The channel {self.channel} is gone.")
        self.see_epoch(history.epoch)
        self.begin(history.tip)
        # Not what was read before a removal that has been applied since: there it is not blank yet.
        if self.last is not None and history.tip >= self.last:
            self._ring.precede(history.items, self.last)
        return history

    def _flush(self) -> None:
        self._flushing = False
        if self.last is None:
            return
        metrics.woken("redis")
        self._deliver()
        if self._early:
            asyncio.get_running_loop().call_later(HOLE_SECONDS, self._fill_hole)

    def _fill_hole(self) -> None:
        if self._early and self.last is not None and self.subscriptions:
            metrics.gap("redis")
            self.fill()

    def _deliver(self) -> None:
        if self.last is None:
            return
        texts, seq = [], self.last
        while (text := self._early.pop(seq + 1, None)) is not None:
            texts.append(text)
            seq += 1
        if texts:
            self._remember(texts)
            self._write(Batch(texts), seq)
            metrics.sent([self._commits.pop(number, None) for number in range(seq - len(texts) + 1, seq + 1)])
        for stale in [number for number in self._early if number <= seq]:
            del self._early[stale]
            self._commits.pop(stale, None)

    def _write(self, batch: Batch, seq: int) -> None:
        self.written = seq
        self.hot.write(batch)
        self.last = seq

    def _remember(self, texts: list[bytes]) -> None:
        self._pages.clear()
        for text in texts:
            frame = msgspec.json.decode(text, type=log.Frame)
            if frame.event.endswith((".removed", ".read")):
                # LIVE.md 3.4: whoever comes back reads the log, where what went is blank; of what told of it
                # on members' own channels, too, which says no more than that it is read.
                self._forget()
            self._ring.append(log.Item(frame.seq, frame.event, frame.at, frame.data))

    def _forget(self) -> None:
        self._ring.clear()
        self._pages.clear()

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
        self._take(history, after)
        if after == self.last and after < history.tip:
            raise RuntimeError(f"The log of {self.channel} has a gap after {after}.")
        return self.last is not None and self.last < history.tip

    def _take(self, history: log.History, after: int) -> None:
        self.see_epoch(history.epoch)
        if self.last is None:
            return
        # Compared with where the read began: Redis may have brought more while it was under way.
        if history.tip < after:
            self.restart(self.epoch)
            return
        if history.floor > self.last:
            self._skip_to(history.floor)
        for item in history.items:
            self._early.setdefault(item.seq, self._frame(item))
            self._commits.setdefault(item.seq, metrics.seconds_of(item.at))
        self._deliver()

    def _skip_to(self, floor: int) -> None:
        """What is up to here has been pruned; only those who have not passed it have to begin anew."""
        for subscription in tuple(self.subscriptions):
            if subscription.position < floor:
                subscription.lose_place()
        self.last = self.written = floor
        self._forget()

    def _frame(self, item: log.Item) -> bytes:
        return msgspec.json.encode(log.Frame(self.channel, item.seq, item.event, item.at, item.data))
