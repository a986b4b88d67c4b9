"""One thread's readers in one process, and the people among them."""

import hashlib
from collections import Counter
from heapq import nsmallest

import msgspec

from app.live.frames import LiveUser, Presence
from app.live.reader import Batch
from app.live.subscription import Subscription

# A member's id; of somebody without an account, where they come from and with what.
Person = int | str
NAMED = 20


class Crowd(msgspec.Struct, frozen=True, array_like=True):
    """Who one process has in one room: members by id, others below zero, and some members by name."""

    people: list[int]
    users: list[LiveUser]


class Room:
    """People are counted, not tabs."""

    def __init__(self) -> None:
        self.rests_until = 0.0
        # By process, who is in it elsewhere.
        self.elsewhere: dict[str, Crowd] = {}
        self._readers: dict[Subscription, Person] = {}
        self._people: Counter[Person] = Counter()
        self._users: dict[int, LiveUser] = {}
        self._fresh: set[Subscription] = set()
        self._said: Batch | None = None

    def __len__(self) -> int:
        return len(self._readers)

    def rests(self, now: float) -> bool:
        return self.rests_until > now

    def enter(self, subscription: Subscription, person: Person, user: LiveUser | None) -> bool:
        """Whether somebody came who was not here before."""
        self._readers[subscription] = person
        self._fresh.add(subscription)
        self._people[person] += 1
        if user is not None:
            self._users[user.id] = user
        return self._people[person] == 1

    def leave(self, subscription: Subscription) -> bool:
        """Whether somebody went, with their last tab."""
        person = self._readers.pop(subscription, None)
        self._fresh.discard(subscription)
        if person is None:
            return False
        self._people[person] -= 1
        if self._people[person]:
            return False
        del self._people[person]
        if isinstance(person, int):
            self._users.pop(person, None)
        return True

    def crowd(self, salt: bytes) -> Crowd:
        """To be written down, so nobody's address is in it."""
        people = [person if isinstance(person, int) else _hidden(person, salt) for person in self._people]
        return Crowd(people, [self._users[number] for number in nsmallest(NAMED, self._users)])

    def tell(self, channel: str, salt: bytes) -> None:
        """Tell all readers who is here, if it is not what they know; else those who have just come."""
        frame = msgspec.json.encode(_presence(channel, [self.crowd(salt), *self.elsewhere.values()]))
        if self._said is None or self._said.texts[0] != frame:
            self._said = Batch([frame])
            self._fresh = set(self._readers)
        self.greet()

    def greet(self) -> None:
        """Tell those who have just come what the others know."""
        if self._said is None:
            return
        fresh, self._fresh = self._fresh, set()
        for subscription in fresh:
            # It may be lost: whoever does not take what there is does not need more of it.
            if not subscription.reader.full:
                subscription.reader.write(self._said)


def _presence(channel: str, crowds: list[Crowd]) -> Presence:
    people = {person for crowd in crowds for person in crowd.people}
    users = {user.id: user for crowd in crowds for user in crowd.users}
    return Presence(channel, len(people), [users[number] for number in nsmallest(NAMED, users)])


def _hidden(person: str, salt: bytes) -> int:
    digest = hashlib.blake2b(person.encode(errors="replace"), key=salt, digest_size=7).digest()
    return -1 - int.from_bytes(digest)
