"""A reader who never gives up, and keeps all that it was told."""

import asyncio
from collections.abc import Iterable
from typing import Self

from app.live.following import Event, Told
from tests.live.checking import CheckingClient
from tests.serving import Server
from tests.waiting import PATIENCE, eventually


class Roaming(CheckingClient):
    """Goes to the next of several servers when one is lost."""

    def __init__(self, servers: list[Server], channel: str) -> None:
        self.connections = 0
        self.codes: list[int | None] = []
        self._addresses = [server.live_url for server in servers]
        super().__init__(servers[0].url, {channel: None}, proxy=None)

    async def _open(self) -> None:
        await super()._open()
        self.connections += 1

    def _lose(self, error: Exception) -> None:
        self.codes += [self._socket.close_code] if self._socket is not None else []
        self._addresses.append(self._addresses.pop(0))
        self._url = self._addresses[0]
        super()._lose(error)


class Follower:
    """`seqs` in the order in which they came; `others` are places where something may have been missed.

    `codes` are those with which it was sent away. It comes back to `server`, or else to one of the `others`.
    """

    def __init__(self, server: Server, channel: str, others: Iterable[Server] = ()) -> None:
        self.seqs: list[int] = []
        self.ids: list[int] = []
        self.others: list[Told] = []
        self._client = Roaming([server, *others], channel)
        # Servers that are killed come back within seconds.
        self._client.longest_seconds = 0.3
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        await self._client.__aenter__()
        await asyncio.wait_for(self._client.enter(), PATIENCE)
        self._task = asyncio.create_task(self._follow())
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._task is not None
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        await self._client.__aexit__()

    @property
    def connections(self) -> int:
        return self._client.connections

    @property
    def codes(self) -> list[int | None]:
        return self._client.codes

    async def has(self, seqs: list[int], patience: float = 30) -> None:
        """Wait until all came; then exactly these came, each once, in order, with nothing to resync."""
        await eventually(
            lambda: len(self.seqs) >= len(seqs), f"{len(seqs)} events, got {len(self.seqs)}", patience
        )
        assert self.seqs == seqs
        assert not self.others

    async def _follow(self) -> None:
        async for told in self._client:
            if isinstance(told, Event):
                self.seqs.append(told.seq)
                self.ids.append(told.data["id"])
            else:
                self.others.append(told)
