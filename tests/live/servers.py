"""Two web processes on one database and one Redis, for tests of what must hold on every process."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from tests.cast import Member
from tests.live_client import LiveClient
from tests.serving import Server
from tests.tokens import Token


class Everywhere:
    """Connects people to each of the servers, and keeps their connections until the end."""

    def __init__(self, servers: list[Server], stack: AsyncExitStack) -> None:
        self.servers = servers
        self._stack = stack

    async def connect(self, member: Member | None, *channels: str) -> list[LiveClient]:
        """One connection to each server, on these channels; of nobody in particular for None."""
        cookie = member.token if member else None
        return [
            await self._keep(
                await LiveClient.open(server.live_url, origin=server.url, token=cookie), channels
            )
            for server in self.servers
        ]

    async def connect_program(self, token: Token, *channels: str) -> list[LiveClient]:
        """The same with a token of the API."""
        return [
            await self._keep(await LiveClient.open(server.live_url, headers=token.header), channels)
            for server in self.servers
        ]

    async def _keep(self, client: LiveClient, channels: tuple[str, ...]) -> LiveClient:
        await self._stack.enter_async_context(client)
        for channel in channels:
            answer = await client.subscribe(channel)
            assert answer["type"] == "subscribed", (channel, answer)
        return client


@asynccontextmanager
async def everywhere(servers: list[Server]) -> AsyncIterator[Everywhere]:
    async with AsyncExitStack() as stack:
        yield Everywhere(servers, stack)
