"""uvicorn's WebSocket protocol, which also hands the hub its transport and word of when it is full."""

import fcntl
import socket
import sys
import termios
from asyncio import BaseTransport, Transport
from collections.abc import Callable
from typing import Any, cast

import msgspec
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import CloseCode
from websockets.utils import apply_mask

from app.live.frames import Bye
from app.live.reader import frame_text

EXTENSION = "hubbub.transport"
SEND_BUFFER = 65_536
# More than this is no way to send a small message, and empty ones would count towards no limit.
FRAGMENTS = 256
PONG = b'{"type":"pong"}'
PONG_HEAD = bytes((0x81, 0x80 | len(PONG)))
PONG_FRAME = 6 + len(PONG)


class WatchedTransport:
    """A transport that tells of each write and of its closing, whoever asks for them."""

    __slots__ = ("_touched", "_transport")

    def __init__(self, transport: Transport, touched: Callable[[], None]) -> None:
        self._transport = transport
        self._touched = touched

    def write(self, data: bytes) -> None:
        self._touched()
        self._transport.write(data)

    def close(self) -> None:
        self._touched()
        self._transport.close()

    def abort(self) -> None:
        self._touched()
        self._transport.abort()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class LiveProtocol(WebSocketsSansIOProtocol):
    """Given to uvicorn as `ws=`; the application finds it in `scope["extensions"]`."""

    on_pause: Callable[[], None] | None = None
    on_resume: Callable[[], None] | None = None
    on_pong: Callable[[], None] | None = None
    on_touch: Callable[[], None] | None = None

    def connection_made(self, transport: BaseTransport) -> None:
        super().connection_made(
            cast(BaseTransport, WatchedTransport(cast(Transport, transport), self.touched))
        )
        connection = transport.get_extra_info("socket")
        if connection is not None:
            # A small kernel buffer, so that a reader who has stopped reading shows as full (LIVE.md 4.5).
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)

    def handle_connect(self, event: Any) -> None:
        super().handle_connect(event)
        if self.handshake_initiated and not self.close_sent:
            extensions: dict[str, object] = self.scope["extensions"]  # type: ignore[assignment]  # ours is one more
            extensions[EXTENSION] = self

    def data_received(self, data: bytes) -> None:
        # Pongs are nearly all that readers send; thousands of them need not pass the parser.
        if self.on_pong is not None and not self.frames and _is_pong(data):
            self.on_pong()
        else:
            super().data_received(data)

    def handle_ping(self) -> None:
        # One who sends pings and takes no answers would fill our memory with them.
        if self.writable.is_set():
            super().handle_ping()
        else:
            self.conn.data_to_send()

    def handle_cont(self, event: Any) -> None:
        if len(self.frames) < FRAGMENTS:
            super().handle_cont(event)
        elif not self.close_sent:
            self._refuse(CloseCode.MESSAGE_TOO_BIG)

    def send_receive_event_to_app(self) -> None:
        if self.close_sent or self.curr_msg_data_type != "text" or _is_text(self.frames):
            super().send_receive_event_to_app()
        else:
            self._refuse(CloseCode.INVALID_DATA)

    def _refuse(self, code: CloseCode) -> None:
        # The client may have said goodbye in the same breath, and that has been answered.
        if self.conn.close_sent is None:
            self.conn.send_close(code)
        self.handle_parser_exception()

    def handle_parser_exception(self) -> None:
        """What breaks the rules of WebSocket, or is too large, is closed here (1002, 1007, 1009)."""
        if self.handshake_complete and not self.close_sent and not self.transport.is_closing():
            self.transport.write(frame_text(msgspec.json.encode(Bye("bad_frame", None))))
        super().handle_parser_exception()

    def handle_text(self, event: Any) -> None:
        if event.data == PONG and event.fin and self.on_pong is not None:
            # One that came together with another frame, or in pieces.
            self.on_pong()
        else:
            super().handle_text(event)

    def forget_handshake(self) -> None:
        """Let go of headers that have been read: a quarter of what an idle connection would keep."""
        self.request = self.response = None  # type: ignore[assignment]  # not looked at after the handshake
        self.scope["headers"] = []

    def descriptor(self) -> int | None:
        """Where ready bytes may be written past the transport; None where they must be encrypted first."""
        if self.transport.get_extra_info("sslcontext") is not None:
            return None
        number: int = self.transport.get_extra_info("socket").fileno()
        return number

    def unsent(self) -> int:
        return unsent(self.transport)

    def pause_writing(self) -> None:
        super().pause_writing()
        if self.on_pause is not None:
            self.on_pause()

    def resume_writing(self) -> None:
        super().resume_writing()
        if self.on_resume is not None:
            self.on_resume()

    def touched(self) -> None:
        if self.on_touch is not None:
            self.on_touch()

    def eof_received(self) -> None:
        # The transport closes by itself after this.
        self.touched()
        super().eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        # The descriptor may be another connection's as soon as this returns.
        self.touched()
        super().connection_lost(exc)
        if self.on_resume is not None:
            self.on_resume()


def _is_pong(data: bytes) -> bool:
    """Whether this is one whole, masked text frame that says PONG, as clients send it (RFC 6455, 5.3)."""
    return len(data) == PONG_FRAME and data[:2] == PONG_HEAD and apply_mask(data[6:], data[2:6]) == PONG


def _is_text(pieces: list[bytes]) -> bool:
    try:
        b"".join(pieces).decode()
    except UnicodeDecodeError:
        return False
    return True


def unsent(transport: Transport) -> int:
    """Bytes that the client has not taken yet, in our buffer and in the kernel's."""
    return transport.get_write_buffer_size() + _queued(transport.get_extra_info("socket"))


def _queued(connection: Any) -> int:
    try:
        answer = fcntl.ioctl(connection.fileno(), termios.TIOCOUTQ, bytes(4))
    except (OSError, ValueError, AttributeError):
        return 0
    return int.from_bytes(answer, sys.byteorder)
