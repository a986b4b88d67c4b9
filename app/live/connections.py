"""The connections of this process: by whom, by session and by address, and how many of each there may be."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Protocol

from app.accounts.viewer import Viewer
from app.live.subscription import Subscription
from app.settings import settings
from app.web.network import block


class TooManyConnections(Exception):
    """This address, or this member, has as many as one may have."""


class Connection(Protocol):
    """A client that follows channels, by whatever transport."""

    viewer: Viewer
    address: str
    subscriptions: dict[str, Subscription]

    def hang_up(self, code: int, reason: str) -> None:
        """Say `bye` and close; once, however often it is called."""


class Connections:
    """Every connection from its handshake to its end, under marks such as `user:3 session:5 address:10.0.0.1`."""

    def __init__(self) -> None:
        self._marks: dict[Connection, frozenset[str]] = {}
        self._marked: dict[str, set[Connection]] = {}

    def __iter__(self) -> Iterator[Connection]:
        # A copy: whoever goes through them may end some.
        return iter(tuple(self._marks))

    def __len__(self) -> int:
        return len(self._marks)

    def add(self, connection: Connection) -> None:
        """Raises TooManyConnections, and then it is not in."""
        self._mark(connection, _marks_of(connection, connection.viewer))

    def identify(self, connection: Connection, viewer: Viewer) -> None:
        """From now on it is this viewer's. Raises TooManyConnections, and then nothing has changed."""
        self._mark(connection, _marks_of(connection, viewer))
        connection.viewer = viewer

    def discard(self, connection: Connection) -> None:
        self._unmark(connection, self._marks.pop(connection, frozenset()))

    def of(self, mark: str) -> Collection[Connection]:
        """Those of one `session:5`, `token:7`, `user:3` or `address:10.0.0.1`."""
        return tuple(self._marked.get(mark, ()))

    def expired(self, now: datetime) -> set[str]:
        """The sessions and tokens that have had their time, by their marks."""
        viewers = (connection.viewer for connection in self._marks)
        return {v.credential for v in viewers if v.expires_at is not None and v.expires_at <= now}

    def _mark(self, connection: Connection, marks: frozenset[str]) -> None:
        before = self._marks.get(connection, frozenset())
        for mark in marks - before:
            limit = _limit(mark)
            if limit and len(self._marked.get(mark, ())) >= limit:
                raise TooManyConnections(mark)
        self._unmark(connection, before - marks)
        for mark in marks - before:
            self._marked.setdefault(mark, set()).add(connection)
        self._marks[connection] = marks

    def _unmark(self, connection: Connection, marks: frozenset[str]) -> None:
        for mark in marks:
            self._marked[mark].discard(connection)
            if not self._marked[mark]:
                del self._marked[mark]


def _marks_of(connection: Connection, viewer: Viewer) -> frozenset[str]:
    marks = {f"address:{block(connection.address)}"}
    if viewer.signed_in:
        marks |= {f"user:{viewer.id}", viewer.credential}
    return frozenset(marks)


def _limit(mark: str) -> int:
    kind = mark.partition(":")[0]
    return {"address": settings.connections_per_address, "user": settings.connections_per_user}.get(kind, 0)
