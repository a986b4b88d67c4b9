"""A client of `hubbub.v1`: every event once, in order, whatever becomes of the line.

    async with Client("https://talk.example.org", {"post:42": None}, token="hub_…") as live:
        async for told in live:
            print(told)

Only reading drives it: who takes longer than ten seconds over one event is cut off, and comes back by position.
It needs `following.py` and nothing else of Hubbub.
"""

import asyncio
import json
import random
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Self
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, ProtocolError

from app.live.following import Channel, Frame, Position, Told

FINAL = {4400, 4401, 4403, 4409}
AWAY = (OSError, EOFError, TimeoutError, ConnectionClosed, InvalidHandshake, ProtocolError)
FIRST_SECONDS, SLACK_SECONDS = 1.0, 5.0


class Refused(Exception):
    """The server ended it for good: the close code, and its word for it."""


class Client:
    """Follows channels, each from a position or, with None, from where it stands when we come in.

    `async with` raises what the first attempt raises; once it was in, it comes back for ever, until `Refused`.
    `token` is an access token, `session` the session cookie's value; `options` are those of `connect`.
    """

    longest_seconds = 30.0

    def __init__(
        self, url: str, channels: Mapping[str, Position | None], *,
        token: str | None = None, session: str | None = None, **options: Any,
    ) -> None:  # fmt: skip
        parts = urlsplit(url)
        s = "s" if parts.scheme in {"https", "wss"} else ""
        self._url = f"ws{s}://{parts.netloc}/live"
        cookie = {"Cookie": f"{'__Host-' if s else ''}hubbub_session={session}"} if session else {}
        self._options: dict[str, Any] = {
            "additional_headers": {"Authorization": f"Bearer {token}"} if token else cookie,
            # A cookie counts only beside the Origin of the site itself.
            "origin": f"http{s}://{parts.netloc}" if session else None,
            "subprotocols": ["hubbub.v1"], "compression": None, "ping_interval": None, "max_size": 2**24, **options,
        }  # fmt: skip
        self.welcome: Frame | None = None
        self._bye: Frame | None = None
        self._tries = 0
        self._socket: ClientConnection | None = None
        self._speaking: asyncio.Task[None] | None = None
        self._unsaid: asyncio.Queue[Frame] = asyncio.Queue()
        self._told: deque[Told] = deque()
        self._channels: dict[str, Channel] = {}
        for channel, position in channels.items():
            self.subscribe(channel, position)

    @property
    def positions(self) -> dict[str, Position]:
        """Where each channel stands that has one."""
        return {name: (c.epoch, c.seq) for name, c in self._channels.items() if c.epoch is not None}

    def subscribe(self, channel: str, position: Position | None = None) -> None:
        if channel not in self._channels:
            self._channels[channel] = Channel(channel, position, self._say, self._told.append)
            self._channels[channel].enter()

    def unsubscribe(self, channel: str) -> None:
        if (left := self._channels.pop(channel, None)) is not None:
            left.over = True
            self._say({"type": "unsubscribe", "id": channel, "channel": channel})

    async def __aenter__(self) -> Self:
        try:
            await self._open()
            while self.welcome is None:
                await self._listen()
        except AWAY as error:
            self._lose(error)
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        socket, self._socket = self._socket, None
        self._forget()
        if socket is not None:
            await socket.close()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Told:
        """What comes next. Nothing is lost when the wait for it is cancelled."""
        while not self._told:
            await self._go_on()
        return self._told.popleft()

    async def enter(self) -> None:
        """Return when every channel has a position, or is gone."""
        while len(self.positions) < len(self._channels):
            await self._go_on()

    async def _go_on(self) -> None:
        try:
            if self._socket is None:
                await asyncio.sleep(self._delay())
                await self._open()
            await self._listen()
        except AWAY as error:
            self._lose(error)

    async def _open(self) -> None:
        self._bye = None
        self._tries += 1
        self._socket = await connect(self._url, **self._options)

    async def _listen(self) -> None:
        """Take one frame. Silence for longer than the server's pings last is a dead line."""
        assert self._socket is not None
        ping_ms = self.welcome["ping_ms"] if self.welcome else 0
        async with asyncio.timeout(ping_ms / 1000 + SLACK_SECONDS):
            text = await self._socket.recv()
        self._take(json.loads(text))

    def _take(self, frame: Frame) -> None:
        if frame["type"] == "welcome":
            self._begin(frame)
        elif frame["type"] == "bye":
            self._bye = frame
        elif frame["type"] == "ping":
            self._say({"type": "pong"})
            for name, channel in self._channels.items():
                channel.compare(frame["seqs"].get(name, 0))
        # An `error` names only the request, whose id is the channel.
        elif named := self._channels.get(str(frame.get("channel", frame.get("id")))):
            named.hear(frame)
            if named.over:
                del self._channels[named.name]

    def _begin(self, welcome: Frame) -> None:
        self.welcome = welcome
        self._tries = 0
        self._speaking = asyncio.create_task(
            self._speak(self._socket, welcome["limits"]["frames_per_second"])
        )
        for channel in self._channels.values():
            channel.enter()

    def _say(self, frame: Frame) -> None:
        if self.welcome is not None:
            self._unsaid.put_nowait(frame)

    async def _speak(self, socket: Any, a_second: int) -> None:
        """Say what is to be said, no faster than the server takes it."""
        with suppress(ConnectionClosed):
            while True:
                await socket.send(json.dumps(await self._unsaid.get()))
                await asyncio.sleep(1.25 / a_second)

    def _lose(self, error: Exception) -> None:
        """Forget the connection. Raises Refused when there is no coming back."""
        code = self._socket.close_code if self._socket is not None else None
        self._forget()
        if code in FINAL or (self._bye is not None and self._bye["reconnect_in"] is None):
            raise Refused(code, self._bye["reason"] if self._bye else "") from error

    def _forget(self) -> None:
        if self._speaking is not None:
            self._speaking.cancel()
        if self._socket is not None:
            # A closing handshake with a dead peer takes its time.
            self._socket.transport.abort()
        self._socket = self._speaking = self.welcome = None
        self._unsaid = asyncio.Queue()

    def _delay(self) -> float:
        """Full jitter, over the span that the server asked for, or one that doubles."""
        if self._bye is not None:
            return random.uniform(*self._bye["reconnect_in"]) / 1000  # noqa: S311  # spreading, not secrecy
        most = min(self.longest_seconds, FIRST_SECONDS * 2**self._tries)
        return random.uniform(0, most)  # noqa: S311  # spreading, not secrecy
