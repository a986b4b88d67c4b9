"""A reader who never gives up: comes back by position, as the browser does, and keeps all that it was told."""

import asyncio
import random
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, Self

from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage

from tests.live_client import LiveClient
from tests.serving import Server
from tests.waiting import eventually

AWAY = (OSError, ConnectionClosed, InvalidHandshake, InvalidMessage, EOFError, TimeoutError, AssertionError)


class Follower:
    """`seqs` in the order in which they came; `resyncs` are places where something may have been missed.

    `codes` are those with which it was sent away. It comes back to `server`, or else to one of the `others`.
    """

    def __init__(self, server: Server, channel: str, others: Iterable[Server] = ()) -> None:
        self.seqs: list[int] = []
        self.ids: list[int] = []
        self.resyncs: list[dict[str, Any]] = []
        self.connections = 0
        self.codes: list[int | None] = []
        self._servers = [server, *others]
        self._channel = channel
        self._epoch: str | None = None
        self._position = 0
        self._client: LiveClient | None = None
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._follow())
        await eventually(lambda: self._epoch, "the reader is in")
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._task is not None
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        if self._client is not None:
            await self._client.close()

    async def has(self, seqs: list[int], patience: float = 30) -> None:
        """Wait until all came; then exactly these came, each once, in order, with nothing to resync."""
        await eventually(
            lambda: len(self.seqs) >= len(seqs), f"{len(seqs)} events, got {len(self.seqs)}", patience
        )
        assert self.seqs == seqs
        assert not self.resyncs

    async def _follow(self) -> None:
        while True:
            with suppress(*AWAY):
                await self._converse(self._servers[0])
            self._servers.append(self._servers.pop(0))
            await asyncio.sleep(random.uniform(0.05, 0.3))

    async def _converse(self, server: Server) -> None:
        self._client = client = await LiveClient.open(server.live_url, origin=server.url)
        client.on_event = self._note
        try:
            place = None if self._epoch is None else (self._epoch, self._position)
            answer = await client.subscribe(self._channel, place)
            if place is not None and not answer["recovered"]:
                self.resyncs.append(answer)
            self._epoch, self._position = answer["epoch"], max(self._position, answer["seq"])
            self.connections += 1
            self.codes.append(await client.gone(patience=600))
        finally:
            await client.close()

    def _note(self, _channel: str, event: dict[str, Any]) -> None:
        self.seqs.append(event["seq"])
        self.ids.append(event["data"]["id"])
        self._position = event["seq"]
