"""How readers behave: steady, slow, restless, or looking away."""

import random
from typing import Any


class Mood:
    """Steady: reads whatever comes."""

    name = "steady"
    every = (3600.0, 3600.0)

    def __init__(self, draw: random.Random) -> None:
        self._draw = draw
        self._next = 0.0
        self.calm = False

    def tick(self, reader: Any, now: float) -> None:
        if self.calm or now < self._next:
            return
        if self._next:
            self.act(reader)
        self._next = now + self._draw.uniform(*self.every)

    def act(self, reader: Any) -> None:
        """What it does now and then."""


class Slow(Mood):
    """Does not read for seconds, and rarely for so long that it is put out."""

    name = "slow"
    every = (3.0, 12.0)

    def act(self, reader: Any) -> None:
        reader.nap(self._draw.uniform(1, 8) if self._draw.random() < 0.97 else 45)


class Restless(Mood):
    """Loses its line at any moment."""

    name = "restless"
    every = (1.0, 10.0)

    def act(self, reader: Any) -> None:
        reader.cut()


class Hidden(Mood):
    """Goes, and comes back by position."""

    name = "hidden"
    every = (4.0, 15.0)

    def act(self, reader: Any) -> None:
        self._going = reader.hide(self._draw.uniform(1, 10))


MOODS = (Mood, Mood, Slow, Restless, Hidden)
