"""One look at what is doubted: asks PostgreSQL in a few statements, however many connections it concerns."""

import asyncio
from collections.abc import Collection
from typing import Protocol

from app.accounts.viewer import Viewer
from app.live import frames
from app.live.channels import admits
from app.live.connections import Connection
from app.live.doubts import Doubt
from app.live.farewell import SIGNED_OUT
from app.live.hub import Hub
from app.live.standings import Standing, standings

REACH_SECONDS = 0.3


class Identities(Protocol):
    """What knows sessions and tokens: the door."""

    async def renewed(self, credentials: Collection[str]) -> dict[str, Viewer]:
        """Those of `session:5 token:7` that still stand, each with who it is now."""


class Review:
    """May be made again after a failure: what was found before it stays done, and nothing is forgotten."""

    def __init__(self, hub: Hub, identities: Identities, doubt: Doubt) -> None:
        self._hub = hub
        self._identities = identities
        self._doubt = doubt
        self._channels = {s.removeprefix("channel:") for s in doubt.subjects if s.startswith("channel:")}

    async def make(self) -> None:
        """Raises what PostgreSQL raises when it does not answer."""
        await self._renew(self._people())
        channels = self._doubted_channels()
        found = await standings.read(channels)
        for channel in channels:
            self._hub.see(channel, found.get(channel))
        await self._reach_removals(found)
        self._part(channels, found)

    def concerned(self) -> list[Connection]:
        """Those of whom nothing is certain until the review is made."""
        people = set(self._people())
        return [c for c in self._hub.connections if c in people or c.subscriptions.keys() & self._channels]

    def _people(self) -> list[Connection]:
        if self._doubt.everything:
            return list(self._hub.connections)
        return [c for subject in self._doubt.subjects for c in self._hub.connections.of(subject)]

    async def _renew(self, people: list[Connection]) -> None:
        held = {
            connection: connection.viewer.credential for connection in people if connection.viewer.signed_in
        }
        standing = await self._identities.renewed(set(held.values())) if held else {}
        for connection, credential in held.items():
            if (viewer := standing.get(credential)) is None:
                connection.hang_up(SIGNED_OUT, "signed_out")
            elif viewer != connection.viewer:
                self._replace(connection, viewer)

    def _replace(self, connection: Connection, viewer: Viewer) -> None:
        self._hub.connections.identify(connection, viewer)
        # A subscription that is being made right now was asked for as who they were.
        self._hub.doubts.turn += 1
        self._channels |= connection.subscriptions.keys()

    def _doubted_channels(self) -> set[str]:
        if self._doubt.everything:
            self._channels |= {name for c in self._hub.connections for name in c.subscriptions}
        return self._channels

    async def _reach_removals(self, found: dict[str, Standing]) -> None:
        """Let readers at the tip have the event that told of the removal, before they have to leave."""
        removed = [(channel, standing.tip) for channel, standing in found.items() if standing.removed]
        reaching = [asyncio.create_task(self._hub.reach(*place)) for place in removed]
        if reaching:
            _, late = await asyncio.wait(reaching, timeout=REACH_SECONDS)
            for task in late:
                task.cancel()

    def _part(self, channels: set[str], found: dict[str, Standing]) -> None:
        for connection in self._hub.connections if channels else ():
            for channel in connection.subscriptions.keys() & channels:
                if not admits(connection.viewer, channel, found.get(channel)):
                    self._lose(connection, channel, found.get(channel))

    def _lose(self, connection: Connection, channel: str, standing: Standing | None) -> None:
        subscription = connection.subscriptions.pop(channel)
        self._hub.leave(subscription)
        removed = standing is not None and standing.removed
        subscription.reader.send(frames.Unsubscribed(channel, reason="removed" if removed else "access"))
