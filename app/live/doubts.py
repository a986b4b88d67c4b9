"""What this process has to look at again: it heard of a revocation, or a session's time is over."""

import asyncio
from time import monotonic

import msgspec

# The turn of whoever was identified before they came here: any may have passed since.
BEFORE = -1


class Doubt(msgspec.Struct):
    """Subjects as `access.revoke` has them, and since when (monotonic) the first of them waits."""

    subjects: set[str]
    everything: bool
    since: float


class Doubts:
    """Gathers subjects until `guard` takes them, all at once.

    `turn` moves with each revocation. Who checks access and then acts on it takes the turn before, and
    calls `settle` after: what was heard in between may have come too late for the one and too early for
    the other.
    """

    def __init__(self) -> None:
        self.turn = 0
        self._doubt = Doubt(set(), everything=False, since=0)
        self._wake = asyncio.Event()

    def hear(self, subject: str) -> None:
        self.turn += 1
        self.add(subject)

    def hear_all(self) -> None:
        """Revocations may have been missed: everybody is looked at again."""
        self.turn += 1
        self._doubt.everything = True
        self._ring()

    def add(self, subject: str) -> None:
        self._doubt.subjects.add(subject)
        self._ring()

    def settle(self, subject: str, turn: int) -> None:
        # The turn stays: many who settle at once would set off each other for ever.
        if subject and turn != self.turn:
            self.add(subject)

    async def take(self) -> Doubt:
        """What has gathered, as soon as there is something."""
        await self._wake.wait()
        self._wake.clear()
        doubt, self._doubt = self._doubt, Doubt(set(), everything=False, since=0)
        return doubt

    def _ring(self) -> None:
        if not self._wake.is_set():
            self._doubt.since = monotonic()
            self._wake.set()
