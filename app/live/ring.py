"""The end of a channel in memory, without a hole, for readers who come back or fall behind a little."""

from collections import deque
from collections.abc import Sequence
from itertools import islice

from app.live.log import Item

ITEMS = 500
BYTES = 262_144


class Ring:
    """Items up to the feed's `last`; what is older is read from PostgreSQL."""

    __slots__ = ("_bytes", "_items")

    def __init__(self) -> None:
        self._items: deque[Item] = deque()
        self._bytes = 0

    def append(self, item: Item) -> None:
        self._items.append(item)
        self._bytes += _size(item)
        while len(self._items) > ITEMS or self._bytes > BYTES:
            self._bytes -= _size(self._items.popleft())

    def precede(self, items: Sequence[Item], last: int) -> None:
        """Put what was read from the log before what is here, as far as the two meet and there is room."""
        first = self._items[0].seq if self._items else last + 1
        older = [item for item in items if item.seq < first]
        if not older or older[-1].seq != first - 1:
            return
        for item in reversed(older):
            if len(self._items) >= ITEMS or self._bytes + _size(item) > BYTES:
                return
            self._items.appendleft(item)
            self._bytes += _size(item)

    def after(self, seq: int, limit: int) -> list[Item] | None:
        """At most `limit` items after this position; None when not all that follow it are here."""
        if not self._items or seq < self._items[0].seq - 1:
            return None
        skipped = seq + 1 - self._items[0].seq
        return list(islice(self._items, skipped, skipped + limit))

    def clear(self) -> None:
        self._items.clear()
        self._bytes = 0


def _size(item: Item) -> int:
    return len(bytes(item.data))
