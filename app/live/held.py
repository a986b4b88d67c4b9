"""An HTTP answer that stays open: ends when its client leaves, and when the server stops."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from litestar.types import Receive

from app.live.connections import Connection
from app.live.farewell import RESTART
from app.live.protocol import EXTENSION
from app.live.transport import StreamProtocol


def protocol_of(scope: Any) -> StreamProtocol | None:
    """The protocol under this request; None with another server, where a stream is only slower to end."""
    found: StreamProtocol | None = (scope.get("extensions") or {}).get(EXTENSION)
    return found


@contextmanager
def held(connection: Connection, scope: Any, receive: Receive) -> Iterator[None]:
    """While this lasts, whatever ends the line hangs up on `connection`."""
    hang_up = partial(connection.hang_up, RESTART, "restart")
    protocol = protocol_of(scope)
    departure = asyncio.create_task(_departure(receive))
    departure.add_done_callback(lambda _: hang_up())
    if protocol is not None:
        protocol.on_shutdown = hang_up
        if protocol.stopping:
            hang_up()
    try:
        yield
    finally:
        departure.cancel()
        if protocol is not None:
            protocol.on_shutdown = None


async def _departure(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
