"""uvicorn's HTTP protocol, which also limits how a request arrives, and lets a stream hear that the server stops."""

import asyncio
import socket
from collections.abc import Callable
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.live.protocol import EXTENSION, SEND_BUFFER, unsent
from app.settings import settings

# A head that is larger is no browser's, and its parser would keep one without an end for ever.
HEAD_BYTES = 65_536


class StreamProtocol(HttpToolsProtocol):
    """Given to uvicorn as `http=`; the application finds it in `scope["extensions"]`."""

    on_shutdown: Callable[[], None] | None = None
    stopping = False
    _head_left: int | None = None
    # Whether a request has begun and not ended, and until when it may.
    _arriving = False
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        super().connection_made(transport)
        self._limit_arrival()

    def connection_lost(self, exc: Exception | None) -> None:
        self._end_limit()
        super().connection_lost(exc)

    def handle_websocket_upgrade(self) -> None:
        self._end_limit()
        super().handle_websocket_upgrade()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._head_left = HEAD_BYTES
        self._arriving = True

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._arriving = False

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._head_left is not None:
            self._head_left -= len(data)
            if self._head_left < 0 and not self.transport.is_closing():
                self.send_400_response("The head of this request is too large.")
        # Nearly all arrive in one piece, and cost no timer.
        if not self._arriving:
            self._end_limit()
        elif self._deadline is None:
            self._limit_arrival()

    def on_headers_complete(self) -> None:
        self._head_left = None
        if len(self.url) + sum(len(name) + len(value) for name, value in self.headers) > HEAD_BYTES:
            # The parser's caller answers with 400.
            raise ValueError("The head of this request is too large.")
        scope: dict[str, Any] = self.scope  # type: ignore[assignment]  # ours is one more
        scope["extensions"] = {EXTENSION: self}
        super().on_headers_complete()

    def _limit_arrival(self) -> None:
        self._deadline = self.loop.call_later(settings.request_seconds, self._refuse_slowness)

    def _end_limit(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _refuse_slowness(self) -> None:
        """Whoever sends a request in drops holds a connection that others could have."""
        if self._arriving and not (self.cycle and self.cycle.response_started):
            self.send_400_response("This request took too long to arrive.")
        else:
            self.transport.close()

    def narrow(self) -> None:
        """Keep the kernel from hiding that a reader has stopped reading (LIVE.md 4.5)."""
        connection = self.transport.get_extra_info("socket")
        if connection is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)

    def unsent(self) -> int:
        return unsent(self.transport)

    def shutdown(self) -> None:
        # uvicorn waits for every answer under way, and these have no end of their own.
        super().shutdown()
        self.stopping = True
        if self.on_shutdown is not None:
            self.on_shutdown()
