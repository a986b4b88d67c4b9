"""Long poll: one request waits until its channel has something to say (LIVE.md, The same without a socket)."""

import asyncio
from typing import Any

import msgspec

from app.accounts.viewer import Viewer
from app.live import frames, log
from app.live.arrivals import Arrivals
from app.live.doubts import BEFORE
from app.live.hub import Hub, NotReadable
from app.live.subscription import Subscription

Answer = frames.Events | frames.Resync


class Place(msgspec.Struct, frozen=True):
    """Where the next request goes on, and the age of the last look at the tips."""

    channel: str
    epoch: str
    seq: int
    checked_ms: int


class Poll:
    """A connection that lasts until there is an answer. Whoever is hung up on asks again, and meets the door."""

    def __init__(self, hub: Hub, viewer: Viewer, address: str) -> None:
        self._hub = hub
        self.viewer = viewer
        self.address = address
        self.subscriptions: dict[str, Subscription] = {}
        self._reader = FirstArrivals()
        self._reader.on_broken = self._reader.close

    def hang_up(self, code: int, reason: str) -> None:
        self._reader.close()

    async def answer(self, request: frames.Subscribe, limit: int, wait: float) -> tuple[Answer, Place]:
        """What came after the position within `wait` seconds, at once if there is something.

        Raises NotReadable, TooManyConnections, and ConnectionAbortedError when it was hung up on too early.
        """
        self._hub.connections.add(self)
        try:
            await self._ask(request, limit, wait)
        finally:
            self._hub.dismiss(self)
            self._reader.close()
        if not self._reader.placed:
            raise ConnectionAbortedError
        answer = self._reader.answer(request.channel, limit)
        seq = answer.seq if isinstance(answer, frames.Resync) else self._last(answer, request)
        return answer, Place(request.channel, answer.epoch, seq, self._hub.checked_ms)

    async def _ask(self, request: frames.Subscribe, limit: int, wait: float) -> None:
        if not wait and request.after is not None:
            fetch = frames.Fetch(request.id, request.channel, request.epoch or "", request.after, limit)
            await self._hub.fetch(self._reader, self.viewer, fetch)
            return
        self._hub.doubts.settle(self.viewer.credential, BEFORE)
        subscription = await self._hub.subscribe(self._reader, self.viewer, request)
        self._reader.on_full = subscription.cool
        self.subscriptions[request.channel] = subscription
        await self._reader.arrived(wait)
        if self._reader.unsubscribed and not self._reader.heard:
            raise NotReadable(request.channel)

    def _last(self, answer: frames.Events, request: frames.Subscribe) -> int:
        if answer.events:
            return answer.events[-1].seq
        return self._reader.start if request.after is None else request.after


class FirstArrivals(Arrivals):
    """Keeps the first page, or the first events that come in one turn, and is full then."""

    def __init__(self) -> None:
        super().__init__()
        self.start = 0
        self.unsubscribed = False
        self._epoch = ""
        self._items: list[log.Item] = []
        self._more = False
        self._resync: frames.Resync | None = None
        self._something = asyncio.Event()

    def hear(self, frame: Any, text: bytes) -> None:
        match frame:
            case frames.Subscribed():
                self._epoch, self.start = frame.epoch, frame.seq
                return
            case frames.Unsubscribed():
                self.unsubscribed = True
            case frames.Resync():
                self._resync = frame
            case frames.Events():
                self._epoch, self._more = frame.epoch, frame.more
                self._items += frame.events
            case log.Frame():
                self._items.append(log.Item(frame.seq, frame.event, frame.at, frame.data))
        self._something.set()
        if not self.full:
            self._fill()

    @property
    def placed(self) -> bool:
        return bool(self._epoch) or self._resync is not None

    @property
    def heard(self) -> bool:
        return bool(self._items)

    def close(self) -> None:
        super().close()
        self._something.set()

    def unsent(self) -> int:
        return len(self._items)

    async def arrived(self, wait: float) -> None:
        try:
            async with asyncio.timeout(wait):
                await self._something.wait()
        except TimeoutError:
            pass

    def answer(self, channel: str, limit: int) -> Answer:
        if self._resync is not None:
            return msgspec.structs.replace(self._resync, id=msgspec.UNSET)
        more = self._more or len(self._items) > limit
        return frames.Events(channel, self._epoch, self._items[:limit], more)
