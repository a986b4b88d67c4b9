"""A process of readers."""

import asyncio
import random
from time import monotonic
from typing import Any

import httpx
import msgspec

from tests.chaos.live import Live
from tests.chaos.moods import MOODS, Slow
from tests.chaos.reader import Counts, Reader
from tests.chaos.scene import Scene
from tests.chaos.snapshots import ANSWER_SECONDS, Snapshots
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
    heard: dict[str, dict[tuple[str, int], float]]
    signed_out: dict[str, float]


async def play(line: Line, scene: Scene, names: list[str], seconds: float) -> None:
    """Read until `settle` says where every channel stands; then tell what came of it."""
    async with httpx.AsyncClient(timeout=ANSWER_SECONDS, trust_env=False) as client:
        crowd = Crowd(scene, names, seconds, client)
        crowd.start()
        line.answer("in")
        _, tips = await line.hear()
        line.answer(await crowd.settle(tips))
        await line.hear()


class Crowd:
    """All readers of this process."""

    def __init__(self, scene: Scene, names: list[str], seconds: float, client: httpx.AsyncClient) -> None:
        self.counts = Counts()
        self._snapshots = Snapshots(scene, client)
        self._readers = [self._reader(scene, name) for name in names]
        self._tasks: list[asyncio.Task[Any]] = []

    def start(self) -> None:
        self._tasks = [asyncio.create_task(reader.read()) for reader in self._readers]
        self._tasks.append(asyncio.create_task(self._tick()))

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
        pages = {channel: await self._snapshots.fresh(channel) for channel in followed}
        findings = [found for track in self._tracks() for found in (*check(track), *_compare(track, pages))]
        return Harvest(
            len(self._readers), self.counts.deliveries, dict(self.counts.seen), self.counts.slowest, settled,
            findings, {r.name: r.heard for r in self._readers if r.heard}, {},
        )  # fmt: skip

    def _tracks(self) -> list[Track]:
        return [
            track
            for reader in self._readers
            for track in reader.tracks.values()
            if track.channel not in reader.refused
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

    def _reader(self, scene: Scene, name: str) -> Reader:
        draw = random.Random(f"{scene.seed}:{name}:who")
        mood = draw.choice(MOODS)(draw)
        threads = [f"post:{number}" for number in draw.sample(scene.guests.threads, draw.choice((1, 1, 2)))]
        channels = [POSTS, *threads] if draw.random() < 0.4 else threads
        person = draw.choice(scene.guests.moderators) if draw.random() < 0.15 else None
        if person:
            channels.append("moderation")
        transport = Live(narrow=isinstance(mood, Slow))
        kind = f"{name} ({mood.name}{', moderator' if person else ''})"
        return Reader(kind, scene, channels, transport, mood, self._snapshots, self.counts, person)


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
