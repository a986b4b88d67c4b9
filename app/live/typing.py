"""Who is writing in a channel right now; it may be lost (LIVE.md, section 1)."""

from time import monotonic

import msgspec

from app.accounts.authors import Author
from app.live import broker, frames

TYPING_SECONDS = 2.0


def say_typing(channel: str, author: Author) -> None:
    """Tell the channel's readers that this member is writing."""
    frame = frames.IsTyping(channel, frames.LiveUser.of(author))
    broker.whisper(channel, msgspec.json.encode(frame))


class Throttle:
    """Lets one through every two seconds for each channel."""

    def __init__(self) -> None:
        self._last: dict[str, float] = {}

    def admits(self, channel: str) -> bool:
        now = monotonic()
        if now - self._last.get(channel, -TYPING_SECONDS) < TYPING_SECONDS:
            return False
        self._last[channel] = now
        return True
