"""A reader who never gives up, and keeps all that it was told."""

import asyncio
from typing import Self

from app.live.following import Event, Told
from tests.live.checking import CheckingClient
from tests.serving import Server
from tests.waiting import PATIENCE, eventually


class Follower:
    """`seqs` in the order in which they came; `others` are places where something may have been missed."""

    def __init__(self, server: Server, channel: str) -> None:
        self.seqs: list[int] = []
        self.ids: list[int] = []
        self.others: list[Told] = []
        self._client = CheckingClient(server.url, {channel: None}, proxy=None)
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
