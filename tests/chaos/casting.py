"""Who the readers are: by their number, what they follow, by which transport, in which mood."""

import random
import socket
from contextlib import AsyncExitStack

import httpx

from tests.chaos.live import NARROW, Live
from tests.chaos.moods import MOODS, Mood, Restless, Slow
from tests.chaos.plain_http import Poll, Stream
from tests.chaos.reader import Counts, Reader, Transport
from tests.chaos.scene import Person, Scene
from tests.chaos.snapshots import ANSWER_SECONDS, Snapshots
from tests.chaos.told import POSTS

MODERATION = "moderation"
LEAVERS_IN = 20


class Casting:
    """Makes the readers of one process."""

    def __init__(self, scene: Scene, stack: AsyncExitStack) -> None:
        self._scene, self._stack = scene, stack
        self.counts = Counts()

    async def open(self) -> None:
        self.client = await self._client()
        self._narrow = await self._client(narrow=True)
        self.snapshots = Snapshots(self._scene, self.client)

    @property
    def leavers(self) -> list[Person]:
        return self._scene.guests.leavers

    def reader(self, number: int) -> Reader:
        draw = random.Random(f"{self._scene.seed}:{number}")
        guests = self._scene.guests
        person, mood = None, draw.choice(MOODS)(draw)
        channels = [f"post:{thread}" for thread in draw.sample(guests.threads, draw.choice((1, 1, 2)))]
        if draw.random() < 0.4:
            channels.append(POSTS)
        if draw.random() < 0.15:
            person = draw.choice(guests.moderators)
        if (leaver := self._leaver(number)) is not None:
            person, mood = leaver, draw.choice((Mood, Restless))(draw)
        if person is not None:
            channels.append(MODERATION)
        how, transport = self._transport(draw, isinstance(mood, Slow))
        name = f"reader {number} ({how}, {mood.name}{', ' + person.name if person else ''})"
        return Reader(name, self._scene, channels, transport, mood, self.snapshots, self.counts, person)

    def _leaver(self, number: int) -> Person | None:
        turn, leavers = number // LEAVERS_IN, self._scene.guests.leavers
        return leavers[turn] if number % LEAVERS_IN == 0 and turn < len(leavers) else None

    def _transport(self, draw: random.Random, narrow: bool) -> tuple[str, Transport]:
        chance = draw.random()
        if chance < 0.6:
            return "socket", Live(narrow=narrow)
        client = self._narrow if narrow else self.client
        return ("stream", Stream(client)) if chance < 0.8 else ("poll", Poll(client))

    async def _client(self, *, narrow: bool = False) -> httpx.AsyncClient:
        options = [(socket.SOL_SOCKET, socket.SO_RCVBUF, NARROW)] if narrow else None
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=50)
        transport = httpx.AsyncHTTPTransport(limits=limits, socket_options=options)
        client = httpx.AsyncClient(transport=transport, timeout=ANSWER_SECONDS, trust_env=False)
        return await self._stack.enter_async_context(client)
