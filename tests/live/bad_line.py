"""A line between a reader and a server that does to the server's frames whatever a test wants."""

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Self

from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import Server as Listening
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from tests.serving import Server

Frame = dict[str, Any]
HUBBUB = [Subprotocol("hubbub.v1")]


class BadLine:
    """`passes(frame)` gives the frames that arrive in place of one that the server sent."""

    def __init__(
        self, server: Server, passes: Callable[[Frame], list[Frame]] = lambda frame: [frame]
    ) -> None:
        self.url = ""
        self.connections = 0
        self.passes = passes
        self._server = server
        self._open: set[ServerConnection] = set()
        self._listening: Listening | None = None

    async def __aenter__(self) -> Self:
        self._listening = await serve(self._relay, "127.0.0.1", 0, subprotocols=HUBBUB, compression=None)
        port = next(iter(self._listening.sockets)).getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._listening is not None
        self.cut()
        self._listening.close()
        await self._listening.wait_closed()

    def cut(self) -> None:
        """Drop every connection without a word."""
        for reader in self._open:
            reader.transport.abort()

    async def close(self, code: int) -> None:
        for reader in tuple(self._open):
            await reader.close(code)

    async def _relay(self, reader: ServerConnection) -> None:
        self.connections += 1
        self._open.add(reader)
        async with connect(
            self._server.live_url, subprotocols=HUBBUB, compression=None, proxy=None, ping_interval=None
        ) as server:
            there = asyncio.create_task(self._pass_on(reader, server))
            with suppress(ConnectionClosed):
                async for text in server:
                    for frame in self.passes(json.loads(text)):
                        await reader.send(json.dumps(frame))
            there.cancel()
        self._open.discard(reader)

    async def _pass_on(self, reader: ServerConnection, server: ClientConnection) -> None:
        with suppress(ConnectionClosed):
            async for text in reader:
                await server.send(text)
        await server.close()
