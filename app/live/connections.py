"""The connections of this process: by whom, by session and by address."""

from collections.abc import Iterator
from typing import Protocol

from app.accounts.viewer import Viewer
from app.live.subscription import Subscription


class Connection(Protocol):
    """A client that follows channels, by whatever transport."""

    viewer: Viewer
    address: str
    subscriptions: dict[str, Subscription]

    def hang_up(self, code: int, reason: str) -> None:
        """Say `bye` and close; once, however often it is called."""


class Connections:
    """Every connection from its welcome to its end."""

    def __init__(self) -> None:
        self._all: set[Connection] = set()

    def __iter__(self) -> Iterator[Connection]:
        # A copy: whoever goes through them may end some.
        return iter(tuple(self._all))

    def __len__(self) -> int:
        return len(self._all)

    def add(self, connection: Connection) -> None:
        self._all.add(connection)

    def discard(self, connection: Connection) -> None:
        self._all.discard(connection)
