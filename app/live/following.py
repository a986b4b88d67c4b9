"""What a client keeps of one channel: its position, and from that what it yields and what it asks for."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Frame = dict[str, Any]
Position = tuple[str, int]  # epoch and seq


@dataclass(frozen=True, slots=True)
class Event:
    """One committed event; (epoch, seq) is its place, `at` is for people."""

    channel: str
    epoch: str
    seq: int
    event: str
    at: str
    data: Any


@dataclass(frozen=True, slots=True)
class Resync:
    """What lies before this position is not told any more: load the snapshot again."""

    channel: str
    epoch: str
    seq: int
    reason: str


@dataclass(frozen=True, slots=True)
class Gone:
    """The channel may not be read, or not any more; nothing else comes of it."""

    channel: str
    reason: str


Told = Event | Resync | Gone


class Channel:
    """One channel's position: drops what is not newer, and on a hole holds the rest and fetches."""

    def __init__(
        self, name: str, place: Position | None, say: Callable[[Frame], None], tell: Callable[[Told], None]
    ) -> None:
        self.name, self._say, self._tell = name, say, tell
        self.epoch: str | None
        self.epoch, self.seq = place or (None, 0)
        self.over = False
        self._known = self.seq  # the greatest `seq` that we know to exist
        self._held: dict[int, Frame] = {}
        self._inside = self._waiting = False

    def enter(self) -> None:
        """Subscribe after our position; on every new connection."""
        self._inside = self._waiting = False
        self._held.clear()
        self._ask()

    def compare(self, seq: int) -> None:
        """The server has written up to here: with less in hand, something was lost."""
        self._known = max(self._known, seq)
        self._ask()

    def hear(self, frame: Frame) -> None:
        match frame:
            case {"type": "subscribed", "epoch": epoch, "seq": seq}:
                self._inside, self._waiting = True, False
                if self.epoch is None:
                    self.epoch, self.seq = epoch, seq
            case {"type": "event"} if self._inside:
                self._take([frame])
                self._ask()
            case {"type": "events", "epoch": epoch, "events": events} if epoch == self.epoch:
                before = self.seq
                self._take(events)
                self._waiting = self._waiting and "id" not in frame
                # A page that brought nothing is asked for again when a ping or an event says so.
                if self.seq > before:
                    self._ask()
            case {"type": "resync", "epoch": epoch, "seq": seq, "reason": reason}:
                self.epoch, self.seq, self._known, self._waiting = epoch, seq, seq, False
                self._held.clear()
                self._tell(Resync(self.name, epoch, seq, reason))
            case {"type": "unsubscribed"} if "id" not in frame:
                self._end(frame.get("reason", "access"))
            case {"type": "error", "code": "unavailable" | "rate_limited"}:
                wait = frame.get("retry_after_ms", 1000) / 1000 * random.uniform(1, 2)  # noqa: S311  # spreading
                asyncio.get_running_loop().call_later(wait, self._ask_again)
            case {"type": "error", "code": code} if code != "already_subscribed":
                self._end(code)

    def _take(self, events: list[Frame]) -> None:
        for frame in events:
            self._known = max(self._known, frame["seq"])
            if frame["seq"] > self.seq:
                self._held[frame["seq"]] = frame
        while following := self._held.pop(self.seq + 1, None):
            self.seq += 1
            event, at, data = following["event"], following["at"], following["data"]
            self._tell(Event(self.name, str(self.epoch), self.seq, event, at, data))

    def _ask(self) -> None:
        """Ask to be let in, or for what is missing; one request at a time."""
        if self.over or self._waiting or (self._inside and self.seq >= self._known):
            return
        self._waiting = True
        place = {} if self.epoch is None else {"epoch": self.epoch, "after": self.seq}
        kind = "fetch" if self._inside else "subscribe"
        self._say({"type": kind, "id": self.name, "channel": self.name, **place})

    def _ask_again(self) -> None:
        self._waiting = False
        self._ask()

    def _end(self, reason: str) -> None:
        self.over = True
        self._tell(Gone(self.name, reason))
