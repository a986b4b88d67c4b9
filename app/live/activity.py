"""How many comments a post has by now, for whoever looks at `posts`: at most once a second a post, or lost.

Those who write gather, so that Redis hears of many threads at once; and each hub keeps the pace, as several
processes write.
"""

import asyncio
from collections.abc import Callable
from time import monotonic

import msgspec

from app.live import broker, channels

EVERY_SECONDS = 1.0
GATHER_SECONDS = 0.1


class Count(msgspec.Struct, frozen=True, array_like=True):
    """So many comments after the event `seq` of the post's own channel: what is older comes too late."""

    post: int
    seq: int
    comments_count: int


class Pace:
    """Passes on the first count of a post at once, and of those that come within the next second the newest."""

    def __init__(self, tell: Callable[[Count], None]) -> None:
        self._tell = tell
        self._told: dict[int, int] = {}
        self._waiting: dict[int, Count] = {}

    def hear(self, count: Count) -> None:
        newest = self._waiting.get(count.post)
        if count.post not in self._told:
            self._pass_on(count)
        elif count.seq > (newest.seq if newest else self._told[count.post]):
            self._waiting[count.post] = count

    def _pass_on(self, count: Count) -> None:
        self._told[count.post] = count.seq
        asyncio.get_running_loop().call_later(EVERY_SECONDS, self._go_on, count.post)
        self._tell(count)

    def _go_on(self, post: int) -> None:
        count = self._waiting.pop(post, None)
        if count is None:
            del self._told[post]
        else:
            self._pass_on(count)


class Gathering:
    """Passes counts on together, so that Redis hears of many busy threads as often as of one."""

    def __init__(self, tell: Callable[[list[Count]], None]) -> None:
        self._tell = tell
        self._waiting: dict[int, Count] = {}
        self._not_before = 0.0

    def hear(self, count: Count) -> None:
        first = not self._waiting
        newest = self._waiting.get(count.post)
        if newest is None or count.seq > newest.seq:
            self._waiting[count.post] = count
        rest = self._not_before - monotonic()
        if rest <= 0:
            self._pass_on()
        elif first:
            asyncio.get_running_loop().call_later(rest, self._pass_on)

    def _pass_on(self) -> None:
        counts, self._waiting = list(self._waiting.values()), {}
        if counts:
            self._not_before = monotonic() + GATHER_SECONDS
            self._tell(counts)


def say(channel: str, seq: int, comments_count: int) -> None:
    """Tell all processes what a committed change counted; `channel` is the post's. For the commit point alone."""
    _outgoing.hear(Count(int(channel.removeprefix("post:")), seq, comments_count))


def _send(counts: list[Count]) -> None:
    broker.whisper(channels.POSTS, msgspec.json.encode(counts), broker.COUNTS)


_outgoing = Gathering(_send)
