"""How many frames a client may send: a bucket of tokens for each connection, which may run into debt."""

from math import ceil
from time import monotonic

from app.live.frames import FRAMES_PER_SECOND, SUBSCRIPTIONS

# One who comes back subscribes to every channel and fetches what was missed on each.
BURST = 2 * SUBSCRIPTIONS + 2 * FRAMES_PER_SECOND
# Refused frames count too; one who sends so many of them does not listen.
DEBT = 100


class Allowance:
    """Every frame takes a token, whatever becomes of it."""

    __slots__ = ("_at", "_tokens")

    def __init__(self) -> None:
        self._tokens = float(BURST)
        self._at = monotonic()

    def take(self) -> int:
        """Count a frame; 0 if it may be answered, else the milliseconds until the next one may."""
        now = monotonic()
        self._tokens = min(BURST, self._tokens + (now - self._at) * FRAMES_PER_SECOND) - 1
        self._at = now
        return 0 if self._tokens >= 0 else ceil((1 - self._tokens) / FRAMES_PER_SECOND * 1000)

    @property
    def exhausted(self) -> bool:
        """Whether one went on regardless."""
        return self._tokens < -DEBT
