"""A reader of `hubbub.v1` for tests: says what it is told to, keeps all that it hears."""

import asyncio
import json
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Self, TypeVar

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin, Subprotocol

from tests.frames import check_answer, check_said
from tests.waiting import PATIENCE

Frame = dict[str, Any]
T = TypeVar("T")


class LiveClient:
    """One connection. `frames` are all frames in order; `events` those of each channel, pages included."""

    def __init__(self, connection: ClientConnection, *, answers_pings: bool = True) -> None:
        self.connection = connection
        self.frames: list[Frame] = []
        self.events: dict[str, list[Frame]] = defaultdict(list)
        self.answers_pings = answers_pings
        self.pong = '{"type": "pong"}'
        self.on_event: Callable[[str, Frame], None] = lambda _channel, _event: None
        self._sizes: dict[int, int] = {}
        self._requests = 0
        self._asked: dict[str, Frame] = {}
        self._arrived = asyncio.Condition()
        self._listening = asyncio.create_task(self._listen())

    @classmethod
    async def open(
        cls, url: str, *, token: str | None = None, origin: str | None = None, answers_pings: bool = True,
        headers: dict[str, str] | None = None, **options: Any,
    ) -> Self:  # fmt: skip
        """Connect as a browser of `origin` does, with someone's session cookie when a token is given."""
        headers = {**({"Cookie": f"hubbub_session={token}"} if token else {}), **(headers or {})}
        connection = await connect(
            url, origin=None if origin is None else Origin(origin), additional_headers=headers,
            subprotocols=[Subprotocol("hubbub.v1")], compression=None, proxy=None, ping_interval=None,
            max_size=None, **options,
        )  # fmt: skip
        return cls(connection, answers_pings=answers_pings)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        await self.connection.close()
        await self._listening

    def drop(self) -> None:
        """Cut the line, as a train does in a tunnel."""
        self.connection.transport.abort()

    @property
    def close_code(self) -> int | None:
        return self.connection.close_code

    async def say(self, frame: Frame | str | bytes) -> None:
        if isinstance(frame, dict) and "id" in frame:
            self._asked[json.dumps(frame["id"])] = frame
        await self.connection.send(json.dumps(frame) if isinstance(frame, dict) else frame)

    async def ask(self, kind: str, **fields: Any) -> Frame:
        """Send a request and return the first frame that answers it."""
        self._requests += 1
        number = self._requests
        await self.say({"type": kind, "id": number, **fields})
        return await self.hear(lambda frame: frame.get("id") == number, f"an answer to {kind}")

    async def subscribe(self, channel: str, position: tuple[str, int] | None = None) -> Frame:
        place = {} if position is None else {"epoch": position[0], "after": position[1]}
        return await self.ask("subscribe", channel=channel, **place)

    async def hear(self, wanted: Callable[[Frame], bool], what: str, patience: float = PATIENCE) -> Frame:
        """The first frame, of those that came and those that will, for which `wanted` holds."""
        return await self._until(lambda: next((f for f in self.frames if wanted(f)), None), what, patience)

    async def hear_type(self, kind: str, patience: float = PATIENCE) -> Frame:
        return await self.hear(lambda frame: frame["type"] == kind, f"a frame {kind}", patience)

    async def hear_events(self, channel: str, count: int, patience: float = PATIENCE) -> list[Frame]:
        """All events of the channel, as soon as there are `count`."""

        def enough() -> list[Frame] | None:
            return self.events[channel] if len(self.events[channel]) >= count else None

        return await self._until(enough, f"{count} events of {channel}", patience)

    def size_of(self, frame: Frame) -> int:
        """Bytes of a frame as it came."""
        return self._sizes[id(frame)]

    def seqs(self, channel: str) -> list[int]:
        return [event["seq"] for event in self.events[channel]]

    async def gone(self, patience: float = PATIENCE) -> int | None:
        """Wait until the other side has closed; its code."""
        await asyncio.wait_for(self.connection.wait_closed(), patience)
        await self._listening
        return self.close_code

    async def _until(self, look: Callable[[], T | None], what: str, patience: float) -> T:
        try:
            async with asyncio.timeout(patience), self._arrived:
                while not (found := look()):
                    if self._listening.done():
                        self._listening.result()
                        raise AssertionError(f"{self._heard()}, then the line was closed; wanted {what}")
                    await self._arrived.wait()
        except TimeoutError:
            raise AssertionError(f"{self._heard()}; wanted {what}") from None
        return found

    def _heard(self) -> str:
        return f"Heard {[frame['type'] for frame in self.frames[-20:]]}"

    async def _listen(self) -> None:
        try:
            with suppress(ConnectionClosed):
                async for text in self.connection:
                    frame = json.loads(text)
                    self._sizes[id(frame)] = len(text.encode() if isinstance(text, str) else text)
                    self._check(frame)
                    await self._take(frame)
        finally:
            async with self._arrived:
                self._arrived.notify_all()

    def _check(self, frame: Frame) -> None:
        check_said(frame)
        # What has no `id` answers nothing, not even a request whose `id` was null.
        if (request := self._asked.pop(json.dumps(frame.get("id", [])), None)) is not None:
            check_answer(request, frame)

    def _keep(self, channel: str, events: list[Frame]) -> None:
        self.events[channel] += events
        for event in events:
            self.on_event(channel, event)

    async def _take(self, frame: Frame) -> None:
        self.frames.append(frame)
        if frame["type"] == "event":
            self._keep(frame["channel"], [frame])
        elif frame["type"] == "events" and "id" not in frame:
            self._keep(frame["channel"], frame["events"])
        elif frame["type"] == "ping" and self.answers_pings:
            # What comes after a ping is kept, though there is nobody left to answer.
            with suppress(ConnectionClosed):
                await self.say(self.pong)
        async with self._arrived:
            self._arrived.notify_all()
