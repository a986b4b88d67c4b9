"""A process of readers."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from time import monotonic
from typing import Any

import msgspec

from tests.chaos.casting import Casting
from tests.chaos.leaving import REST_SECONDS, Leave, sign_out
from tests.chaos.scene import Scene
from tests.chaos.told import POSTS, Looks
from tests.chaos.track import Finding, Track, check
from tests.chaos.troupe import Line

TICK_SECONDS = 0.25
SETTLE_SECONDS = 75.0
Tips = dict[str, tuple[str, int]]


class Harvest(msgspec.Struct):
    """What the readers of one process have to tell at the end."""

    readers: int
    deliveries: int
    seen: dict[str, int]
    slowest: float
    settled: float
    findings: list[Finding]
    leaves: list[Leave]


async def play(line: Line, scene: Scene, numbers: Sequence[int], seconds: float) -> None:
    """Read; at each `leave` some are signed out; `settle` says where every channel stands in the end."""
    async with AsyncExitStack() as stack:
        casting = Casting(scene, stack)
        await casting.open()
        crowd = Crowd(casting, numbers, seconds)
        crowd.start()
        line.answer("in")
        while (told := await line.hear())[0] == "leave":
            crowd.leave()
            line.answer()
        line.answer(await crowd.settle(told[1]))
        await line.hear()


class Crowd:
    """All readers of this process. Of those who will leave, half do when they are told to."""

    def __init__(self, casting: Casting, numbers: Sequence[int], seconds: float) -> None:
        self._casting, self._seconds = casting, seconds
        self._readers = [casting.reader(number) for number in numbers]
        leavers = [reader for reader in self._readers if reader.person in casting.leavers]
        self._ready, self._spontaneous = leavers[::2], leavers[1::2]
        self._tasks: list[asyncio.Task[Any]] = []
        self._leaves: list[asyncio.Task[Leave]] = []

    def start(self) -> None:
        self._tasks = [asyncio.create_task(reader.read()) for reader in self._readers]
        self._tasks.append(asyncio.create_task(self._tick()))
        for reader in self._spontaneous:
            rest = reader.draw.uniform(0.2, 0.8) * self._seconds
            self._leaves.append(
                asyncio.create_task(sign_out(reader, self._casting.client, rest, quietly=False))
            )

    def leave(self) -> None:
        half = -(-len(self._ready) // 2)
        leaving, self._ready = self._ready[:half], self._ready[half:]
        for reader in leaving:
            going = sign_out(reader, self._casting.client, REST_SECONDS, quietly=True)
            self._leaves.append(asyncio.create_task(going))

    async def settle(self, tips: Tips) -> Harvest:
        """Wait until everybody is at the tip of everything; then compare each page with a fresh one."""
        for reader in self._readers:
            reader.mood.calm = True
            reader.naps_until = reader.away_until = 0.0
        began = monotonic()
        while self._behind(tips) and monotonic() - began < SETTLE_SECONDS:  # noqa: ASYNC110  # many conditions
            await asyncio.sleep(0.05)
        settled = monotonic() - began
        for track in self._behind(tips):
            track.find(
                "lost", f"at {track.epoch}:{track.position} in the end, the tip is {tips[track.channel]}"
            )
        followed = {track.channel for track in self._tracks()}
        pages = {channel: await self._casting.snapshots.fresh(channel) for channel in followed}
        findings = [found for track in self._tracks() for found in (*check(track), *_compare(track, pages))]
        counts = self._casting.counts
        leaves = [task.result() for task in self._leaves if task.done()]
        return Harvest(
            len(self._readers),
            counts.deliveries,
            dict(counts.seen),
            counts.slowest,
            settled,
            findings,
            leaves,
        )

    def _tracks(self) -> list[Track]:
        return [
            track
            for reader in self._readers
            for track in reader.tracks.values()
            if not reader.is_out and track.channel not in reader.refused
        ]

    def _behind(self, tips: Tips) -> list[Track]:
        return [
            track
            for track in self._tracks()
            if (track.epoch, track.position) != tips[track.channel] or track.held is not None
        ]

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            now = monotonic()
            for reader in self._readers:
                reader.tick(now)


def _compare(track: Track, pages: dict[str, dict[str, Looks]]) -> list[Finding]:
    """What the page shows against a fresh one."""
    fresh, shown = pages[track.channel], track.things
    if track.channel == POSTS:
        fresh, shown = _plain(fresh), _plain(shown)
    if shown == fresh:
        return []
    wrong = sorted(thing for thing in fresh.keys() | shown.keys() if fresh.get(thing) != shown.get(thing))
    first = wrong[0]
    evidence = f"{len(wrong)} things, {first}: shows {shown.get(first)}, is {fresh.get(first)}"
    return [Finding("page differs", track.who, track.channel, evidence)]


def _plain(things: dict[str, Looks]) -> dict[str, Looks]:
    """Of a post in the list only what channel `posts` tells of."""
    return {name: looks._replace(seq=0, reactions=()) for name, looks in things.items()}
