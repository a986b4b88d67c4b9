"""A connection in the tests' own process, which keeps how it was ended."""

import asyncio

from app.accounts.viewer import Viewer
from app.live import frames
from app.live.hub import Hub
from app.live.subscription import Subscription
from tests.live.listening import Listening
from tests.waiting import eventually


class Guarded:
    """Follows channels as a socket does; `ended` is the code and reason of its end."""

    def __init__(self, hub: Hub, viewer: Viewer, address: str = "192.0.2.1") -> None:
        self.viewer = viewer
        self.address = address
        self.subscriptions: dict[str, Subscription] = {}
        self.reader = Listening()
        self.ended: tuple[int, str] | None = None
        self._hub = hub

    def hang_up(self, code: int, reason: str) -> None:
        self.ended = self.ended or (code, reason)
        self.reader.closed = True

    async def subscribe(self, channel: str) -> None:
        request = frames.Subscribe(1, channel)
        self.subscriptions[channel] = await self._hub.subscribe(self.reader, self.viewer, request)

    @property
    def lost(self) -> dict[str, str]:
        """The channels that it had to leave, and why."""
        return {frame["channel"]: frame["reason"] for frame in self.reader.of_type("unsubscribed")}


async def looked_at_nobody(hub: Hub) -> None:
    """A guard's first look is at everybody: it is made before anybody is here."""
    await eventually(lambda: hub.doubts.turn, "the guard has its place in the channel")
    await eventually(lambda: not hub.doubts._wake.is_set(), "it looks")
    await asyncio.sleep(0.05)


async def connected(hub: Hub, viewer: Viewer, *channels: str) -> Guarded:
    connection = Guarded(hub, viewer)
    hub.connections.add(connection)
    for channel in channels:
        await connection.subscribe(channel)
    return connection
