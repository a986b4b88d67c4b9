"""Two web processes on one database and one Redis, for tests of what must hold on every process."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from tests.cast import Member
from tests.live_client import LiveClient
from tests.serving import Server


class Everywhere:
    """Connects people to each of the servers, and keeps their connections until the end."""

    def __init__(self, servers: list[Server], stack: AsyncExitStack) -> None:
        self.servers = servers
        self._stack = stack

    async def connect(self, member: Member | None, *channels: str) -> list[LiveClient]:
        """One connection to each server, on these channels; of nobody in particular for None."""
        return [await self._connect(server, member, channels) for server in self.servers]

    async def _connect(self, server: Server, member: Member | None, channels: tuple[str, ...]) -> LiveClient:
        token = member.token if member else None
        client = await LiveClient.open(server.live_url, origin=server.url, token=token)
        await self._stack.enter_async_context(client)
        for channel in channels:
            answer = await client.subscribe(channel)
            assert answer["type"] == "subscribed", (channel, answer)
        return client


@asynccontextmanager
async def everywhere(servers: list[Server]) -> AsyncIterator[Everywhere]:
    async with AsyncExitStack() as stack:
        yield Everywhere(servers, stack)
