"""Whether the other end still lives and reads: pings, pongs, and a watch on what it does not take."""

import asyncio
from collections.abc import Callable
from math import inf
from time import monotonic

from app.live.farewell import NO_PONG, TOO_SLOW
from app.live.frames import Ping
from app.live.reader import Reader
from app.settings import settings

PONG_SECONDS = 10.0
STUCK_SECONDS = 30.0
LOOK_SECONDS = 1.0


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


class Heartbeat:
    """One connection's; `hang_up(code, reason)` is called once when it is found dead or stuck."""

    def __init__(self, reader: Reader, ping: Callable[[], Ping], hang_up: Callable[[int, str], None]) -> None:
        self._reader = reader
        self._ping = ping
        self._hang_up = hang_up
        self._timer: asyncio.TimerHandle | None = None
        self._deadline: asyncio.TimerHandle | None = None
        # Who is full has not read our pings either.
        self._drain = Watch(reader, hang_up, self.hear_pong)

    def start(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(settings.ping_ms / 1000, self._beat)

    def stop(self) -> None:
        self._drain.stop()
        for pending in (self._timer, self._deadline):
            if pending is not None:
                pending.cancel()

    def hear_pong(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def watch(self) -> None:
        """The transport is full: see that it drains."""
        self._drain.start()

    def _beat(self) -> None:
        # Into a full transport nothing is written; the watch decides about it.
        if not self._reader.full:
            self._reader.send(self._ping())
            if self._deadline is None:
                self._deadline = asyncio.get_running_loop().call_later(
                    PONG_SECONDS, self._hang_up, NO_PONG, "no_pong"
                )
        self.start()
