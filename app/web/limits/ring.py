"""What is counted: so many in a time, under a key; and what came of it."""

from math import ceil
from typing import Self

import msgspec

MICRO = 1_000_000
UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}


class Rate(msgspec.Struct, frozen=True):
    """`count` at once, and one more each `interval`: after `seconds` all are there again."""

    count: int
    seconds: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Of a setting such as `100/minute`."""
        count, _, unit = text.partition("/")
        return cls(int(count), UNITS[unit])

    @property
    def period(self) -> int:
        return self.seconds * MICRO

    @property
    def interval(self) -> int:
        # Rounded down, so that `count` of them never are more than the period.
        return max(1, self.period // self.count)


class Ring(msgspec.Struct, frozen=True):
    """A rate for one address, one account, one pair of the two."""

    name: str
    key: str
    rate: Rate

    @property
    def place(self) -> str:
        return f"hubbub:limit:{self.name}:{self.key}"


class Standing(msgspec.Struct, frozen=True):
    """How a ring answered. `debt` is how far ahead of time it is, this one counted, in microseconds."""

    ring: Ring
    debt: int

    @property
    def refused(self) -> bool:
        return self.debt > self.ring.rate.period

    @property
    def wait(self) -> int:
        """Whole seconds until one more is allowed; 0 when this one was."""
        return ceil(max(0, self.debt - self.ring.rate.period) / MICRO)

    @property
    def remaining(self) -> int:
        return max(0, (self.ring.rate.period - self.debt) // self.ring.rate.interval)

    @property
    def reset(self) -> int:
        """Whole seconds until all are allowed again."""
        return ceil(min(self.debt, self.ring.rate.period) / MICRO)


class Verdict(msgspec.Struct, frozen=True):
    """How all rings of one request answered: refused by one is refused, and then none has counted it."""

    standings: list[Standing]

    @property
    def tightest(self) -> Standing:
        """The one that refuses longest; if none does, the one that will first."""
        return max(self.standings, key=lambda s: (s.wait, s.refused, -s.remaining))

    @property
    def refused(self) -> bool:
        return any(standing.refused for standing in self.standings)
