"""Who is here: the people on each thread, of all processes (LIVE.md 4.9). All of it may be lost.

Once a second, and only for rooms where something changed, a process writes down who is in them with it,
reads what the others wrote, and tells its own readers. Only threads have presence: to be here is to read the
same thing. On `posts` it would list everybody on the site, `user:*` is one person, and who looks at
`moderation` is nobody's business.
"""

import asyncio
from time import monotonic

import structlog

from app.accounts.viewer import Viewer
from app.live.frames import LiveUser
from app.live.ledger import AWAY, Ledger
from app.live.room import Person, Room
from app.live.subscription import Subscription

log = structlog.get_logger("hubbub.live")

THREADS = "post:"
EVERY_SECONDS = 1.0
# A crowd is told less often, so that telling it takes no more of the process than telling so many does.
READERS_A_SECOND = 1000


class Presence:
    """The rooms of this process: `moved` are those where people came or went here, `changed` anywhere."""

    def __init__(self) -> None:
        self._rooms: dict[str, Room] = {}
        self._moved: set[str] = set()
        self._changed: set[str] = set()
        self._ledger = Ledger()
        self._alone = True

    def enter(self, subscription: Subscription, viewer: Viewer, address: str, agent: str) -> None:
        """Count whoever subscribed to a thread: members by id, others by where they come from and with what."""
        channel = subscription.feed.channel
        if not channel.startswith(THREADS):
            return
        person: Person = f"{address} {agent}" if viewer.id is None else viewer.id
        user = LiveUser.of(viewer.as_author()) if viewer.signed_in else None
        if self._rooms.setdefault(channel, Room()).enter(subscription, person, user):
            self._moved.add(channel)
        self._changed.add(channel)

    def leave(self, subscription: Subscription) -> None:
        """Forget a subscription; it need not have been counted."""
        channel = subscription.feed.channel
        if (room := self._rooms.get(channel)) is not None and room.leave(subscription):
            self._moved.add(channel)
            self._changed.add(channel)

    async def run(self) -> None:
        """Tell, turn by turn; without Redis what this process knows."""
        try:
            while True:
                await asyncio.sleep(EVERY_SECONDS)
                try:
                    await self._turn()
                except Exception:
                    # Else nobody here would hear of anybody any more.
                    log.exception("presence_failed")
        finally:
            await self._ledger.close({*self._rooms, *self._moved})

    async def _turn(self) -> None:
        if not self._rooms and not self._moved:
            return
        now = monotonic()
        await self._exchange(
            {c for c in self._moved if c not in self._rooms or not self._rooms[c].rests(now)}
        )
        due = self._due(now)
        await self._look_elsewhere(due)
        for channel, room in due.items():
            room.tell(channel, self._ledger.salt)
            if not room:
                del self._rooms[channel]

    async def _exchange(self, moved: set[str]) -> None:
        self._moved -= moved
        try:
            self._changed |= await self._ledger.exchange(self._rooms, moved)
            self._alone = False
        except AWAY:
            self._moved |= moved
            if self._ledger.outdated and not self._alone:
                self._alone, self._changed = True, set(self._rooms)

    def _due(self, now: float) -> dict[str, Room]:
        """Rooms that changed; in crowds that were told a moment ago, only those who have just come."""
        due = {}
        for channel in self._changed & self._rooms.keys():
            if (room := self._rooms[channel]).rests(now):
                room.greet()
            else:
                due[channel] = room
                room.rests_until = now + len(room) / READERS_A_SECOND
        self._changed = (self._changed & self._rooms.keys()) - due.keys()
        return due

    async def _look_elsewhere(self, due: dict[str, Room]) -> None:
        if self._alone:
            for room in due.values():
                room.elsewhere = {}
            return
        try:
            for channel, crowds in (await self._ledger.read(due)).items():
                due[channel].elsewhere = crowds
        except AWAY:
            # What was known of the others holds for as long as their leases.
            self._changed |= due.keys()
