"""One reader: never gives up, comes back by position, and behaves as its mood makes it."""

import asyncio
import random
from collections import Counter
from contextlib import suppress
from time import monotonic
from typing import Protocol

from tests.chaos.moods import Mood
from tests.chaos.scene import Person, Scene
from tests.chaos.snapshots import Snapshots
from tests.chaos.told import Frame, Told
from tests.chaos.track import Track

NAP_SECONDS = 0.1


class Transport(Protocol):
    """A way to be told. `converse` returns or raises when the connection is over."""

    silence: float

    async def converse(self, reader: "Reader") -> None: ...
    def cut(self) -> None: ...
    async def leave(self) -> None: ...


class Counts:
    """What all readers of a process saw, in numbers, and what they were told, to compare."""

    def __init__(self) -> None:
        self.deliveries = 0
        self.seen: Counter[str] = Counter()
        self.slowest = 0.0
        self.marks: dict[tuple[str, str, int], int] = {}


class Reader:
    """`tracks` by channel; `heard` has when each event of a private channel came, by epoch and seq."""

    def __init__(
        self, name: str, scene: Scene, channels: list[str], transport: Transport, mood: Mood,
        snapshots: Snapshots, counts: Counts, person: Person | None = None,
    ) -> None:  # fmt: skip
        self.name, self.person, self.mood, self.counts = name, person, mood, counts
        self.draw = random.Random(f"{scene.seed}:{name}")
        self.tracks = {channel: Track(name, channel) for channel in channels}
        self.refused: set[str] = set()
        self.signed_out_at: float | None = None
        self.is_out = False
        self.heard: dict[tuple[str, int], float] = {}
        self.heard_at = monotonic()
        self.naps_until = self.away_until = 0.0
        self._scene, self._transport, self._snapshots = scene, transport, snapshots
        self._loads: dict[str, asyncio.Task[None]] = {}

    @property
    def front(self) -> str:
        """An address of either web, through a wire or not."""
        return self.draw.choice([*self._scene.fronts, *self._scene.lines])

    @property
    def cookie(self) -> dict[str, str]:
        return {"Cookie": f"hubbub_session={self.person.token}"} if self.person else {}

    async def read(self) -> None:
        while not self.is_out:
            await asyncio.sleep(max(self.away_until - monotonic(), self.draw.uniform(0.05, 0.4)))
            self.heard_at = monotonic()
            try:
                await self._transport.converse(self)
            except (OSError, EOFError, TimeoutError) as error:
                self.counts.seen[f"line lost: {type(error).__name__}"] += 1

    async def pause(self) -> None:
        """Do not read on for as long as the mood wants."""
        while monotonic() < self.naps_until:  # noqa: ASYNC110  # it may be woken early
            await asyncio.sleep(NAP_SECONDS)
        self.heard_at = monotonic()

    def tick(self, now: float) -> None:
        """Do what the mood wants, and leave a line that says nothing any more."""
        rests_until = max(self.heard_at, self.naps_until, self.away_until)
        if now > rests_until + self._transport.silence:
            self.heard_at = now
            self.counts.seen["line silent"] += 1
            self._transport.cut()
        self.mood.tick(self, now)

    def nap(self, seconds: float) -> None:
        self.naps_until = monotonic() + seconds

    def cut(self) -> None:
        """As a train does in a tunnel."""
        self._transport.cut()

    def hide(self, seconds: float) -> asyncio.Task[None]:
        """As a browser does with a page that nobody looks at."""
        self.away_until = monotonic() + seconds
        return asyncio.create_task(self._leave())

    def take(self, track: Track, told: Told) -> None:
        self.counts.deliveries += 1
        self._compare(track, told)
        if track.channel == "moderation":
            self.heard[track.epoch, told.seq] = monotonic()
        track.take(told)

    def take_page(self, track: Track, page: list[Told]) -> None:
        """Several at once, read in one moment: what is removed in it is blank before."""
        gone = {told.thing: told.seq for told in page if told.kind.endswith(".removed")}
        for told in page:
            self.take(track, told)
            if told.words is not None and told.seq < gone.get(told.thing, 0):
                track.find("removed, yet told", f"{told.thing} at {told.seq}")

    def resync(self, track: Track, frame: Frame) -> None:
        self.counts.seen[f"resync {frame.reason}"] += 1
        self.begin(track, frame.epoch, frame.seq, frame.reason)

    def refuse(self, track: Track, code: str) -> None:
        """Never right, but for one who has been signed out."""
        self.refused.add(track.channel)
        if self.signed_out_at is None:
            track.find("refused", code)

    def begin(self, track: Track, epoch: str, seq: int, why: str) -> None:
        """Start afresh from here, with a snapshot."""
        track.begin(epoch, seq, why)
        if (load := self._loads.pop(track.channel, None)) is not None:
            load.cancel()
        self._loads[track.channel] = asyncio.create_task(self._load(track))

    async def _load(self, track: Track) -> None:
        track.show(await self._snapshots.fresh(track.channel))

    async def _leave(self) -> None:
        with suppress(OSError, TimeoutError):
            await self._transport.leave()

    def _compare(self, track: Track, told: Told) -> None:
        """Everybody is told the same under the same number; nothing instead of what has been removed."""
        mark = self.counts.marks.setdefault((track.epoch, track.channel, told.seq), told.mark)
        if not mark:
            if told.mark:
                self.counts.marks[track.epoch, track.channel, told.seq] = told.mark
        elif told.mark and told.mark != mark:
            track.find("rewritten", f"epoch {track.epoch}, seq {told.seq}")
