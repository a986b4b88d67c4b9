"""Whether the other end still lives and reads: pings, pongs, and a watch on what it does not take."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from math import inf
from time import monotonic
from typing import Generic, TypeVar

import structlog

from app.live.farewell import NO_PONG, TOO_SLOW
from app.live.frames import Ping
from app.live.reader import Reader
from app.settings import settings

logger = structlog.get_logger("hubbub.live")

PONG_SECONDS = 10.0
# In how many portions a round of pings leaves.
STEPS = 40
STUCK_SECONDS = 30.0
LOOK_SECONDS = 1.0

One = TypeVar("One")


class Watch:
    """Sees that a full reader drains; `hang_up(code, reason)` is called when it takes nothing for too long."""

    def __init__(
        self, reader: Reader, hang_up: Callable[[int, str], None], on_look: Callable[[], None] = lambda: None
    ) -> None:
        self._reader = reader
        self._hang_up = hang_up
        self._on_look = on_look
        self._least = inf
        self._watching: asyncio.Task[None] | None = None

    def start(self) -> None:
        # One that has drained and is full again counts from here, whatever it had been down to.
        self._least = inf
        if self._watching is None or self._watching.done():
            self._watching = asyncio.create_task(self._watch())

    def stop(self) -> None:
        if self._watching is not None:
            self._watching.cancel()

    async def _watch(self) -> None:
        since = monotonic()
        while self._reader.full and not self._reader.closed:
            await asyncio.sleep(LOOK_SECONDS)
            self._on_look()
            if (unsent := self._reader.unsent()) < self._least:
                self._least, since = unsent, monotonic()
            elif monotonic() - since >= STUCK_SECONDS:
                self._hang_up(TOO_SLOW, "too_slow")
                return


class Turns(Generic[One]):
    """Calls each one back some seconds after it was put in, the same for all, and with one timer for all.

    Those who are due within a step go together: to be woken for each would cost more than its ping.
    """

    def __init__(self, act: Callable[[One], None]) -> None:
        self._act = act
        self._due: OrderedDict[One, float] = OrderedDict()
        self._timer: asyncio.TimerHandle | None = None

    def __contains__(self, one: One) -> bool:
        return one in self._due

    def put(self, one: One, seconds: float) -> None:
        self._due[one] = monotonic() + seconds
        if self._timer is None:
            self._wait(seconds / STEPS)

    def drop(self, one: One) -> None:
        self._due.pop(one, None)

    def _wait(self, step: float) -> None:
        left = next(iter(self._due.values())) - monotonic()
        self._timer = asyncio.get_running_loop().call_later(max(left, step), self._go, step)

    def _go(self, step: float) -> None:
        self._timer = None
        while self._due and next(iter(self._due.values())) <= monotonic():
            one, _ = self._due.popitem(last=False)
            try:
                self._act(one)
            except Exception:
                # The others have nothing to do with it.
                logger.exception("heartbeat_failed")
        if self._due and self._timer is None:
            self._wait(step)


class Pulse:
    """The heartbeats of this process: who is to be pinged, and whose pong is awaited."""

    def __init__(self) -> None:
        self.pings: Turns[Heartbeat] = Turns(lambda heartbeat: heartbeat.beat())
        self.pongs: Turns[Heartbeat] = Turns(lambda heartbeat: heartbeat.miss())


class Heartbeat:
    """One connection's; `hang_up(code, reason)` is called once when it is found dead or stuck."""

    def __init__(
        self, pulse: Pulse, reader: Reader, ping: Callable[[], Ping], hang_up: Callable[[int, str], None]
    ) -> None:
        self._pulse = pulse
        self._reader = reader
        self._ping = ping
        self._hang_up = hang_up
        # Who is full has not read our pings either.
        self._drain = Watch(reader, hang_up, self.hear_pong)

    def start(self) -> None:
        self._pulse.pings.put(self, settings.ping_ms / 1000)

    def stop(self) -> None:
        self._drain.stop()
        self._pulse.pings.drop(self)
        self._pulse.pongs.drop(self)

    def hear_pong(self) -> None:
        self._pulse.pongs.drop(self)

    def watch(self) -> None:
        """The transport is full: see that it drains."""
        self._drain.start()

    def beat(self) -> None:
        self.start()
        # Into a full transport nothing is written; the watch decides about it.
        if not self._reader.full:
            self._reader.send(self._ping())
            if self not in self._pulse.pongs:
                self._pulse.pongs.put(self, PONG_SECONDS)

    def miss(self) -> None:
        self._hang_up(NO_PONG, "no_pong")
