"""The paced end of a process (LIVE.md 4.8): all are told `bye`, a few at a time, and come back elsewhere."""

import asyncio
from collections.abc import Callable
from math import ceil
from time import monotonic

from app.live.connections import Connection, Connections
from app.live.farewell import SHUTDOWN

BATCH_SECONDS = 0.1
BATCH = 10
# However many there are: with the farewells and the requests under way it must fit into the 40 s of grace.
BATCHES = 100
LAST_SECONDS = 3.0


class Drain:
    """Knows the connections of this process; those of a test's hub, or of none, are nobody's business."""

    def __init__(self) -> None:
        self._connections = Connections()

    def watch(self, connections: Connections) -> None:
        self._connections = connections

    async def run(self, hurry: Callable[[], bool]) -> None:
        """Return when all have gone, when it has taken too long, or as soon as `hurry` says so."""
        told: set[Connection] = set()
        batch = max(BATCH, ceil(len(self._connections) / BATCHES))
        until = monotonic() + BATCHES * BATCH_SECONDS + LAST_SECONDS
        while len(self._connections) and monotonic() < until and not hurry():
            # Looked at again each time: an upgrade that was under way comes late.
            for connection in [c for c in self._connections if c not in told][:batch]:
                told.add(connection)
                connection.hang_up(SHUTDOWN, "shutdown")
            await asyncio.sleep(BATCH_SECONDS)


drain = Drain()
