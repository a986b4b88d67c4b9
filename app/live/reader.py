"""One connection's outgoing side: ready bytes straight to the transport, or the ordinary ASGI way."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from typing import Any, Protocol

import msgspec
import structlog

from app.live.frames import ServerFrame

log = structlog.get_logger("hubbub.live")

BACKLOG = 200

# File descriptor, what waits in the transport, whether it is closing, and whose it is.
Line = tuple[int, Callable[[], int], Callable[[], bool], "Reader"]


class Batch:
    """Consecutive events of one channel, framed once for all readers."""

    __slots__ = ("framed", "texts")

    def __init__(self, texts: Sequence[bytes]) -> None:
        self.texts = texts
        self.framed = b"".join(frame_text(text) for text in texts)


class Connection(Protocol):
    """What `live.protocol` gives: the transport, and word of when it is full and when it has drained."""

    transport: asyncio.Transport
    close_sent: bool
    on_pause: Callable[[], None] | None
    on_resume: Callable[[], None] | None
    on_pong: Callable[[], None] | None

    def descriptor(self) -> int | None: ...
    def forget_handshake(self) -> None: ...
    def unsent(self) -> int: ...


def _always() -> bool:
    return True


class Reader:
    """Sends to one connection. While `full`, the hub takes it out of its hot sets and waits for `drained`."""

    def __init__(self) -> None:
        self.on_full: Callable[[], None] = lambda: None
        self.on_broken: Callable[[], None] = lambda: None
        self.on_pong: Callable[[], None] = lambda: None
        self.closed = False
        # For `write_to`: no descriptor of our own to write to, so that something always waits.
        self.line: Line = (-1, _always, _always, self)
        # Only while it is full: thousands never are.
        self._room: asyncio.Event | None = None

    @property
    def full(self) -> bool:
        return self._room is not None

    async def drained(self) -> None:
        while self._room is not None:
            await self._room.wait()

    def send(self, frame: ServerFrame) -> None:
        self.write(Batch([msgspec.json.encode(frame)]))

    def write(self, batch: Batch) -> None:
        raise NotImplementedError

    def pass_on(self, data: bytes) -> None:
        """Write the rest of a frame of which the kernel took the beginning."""
        raise NotImplementedError

    def unsent(self) -> int:
        """How much waits to be taken, in a unit that only falls while nothing is written."""
        raise NotImplementedError

    def forget_handshake(self) -> None:
        """Let go of what was needed only to get in."""

    def abort(self) -> None:
        """End the connection without waiting for a client that does not read."""

    async def flush(self) -> None:
        """Return when everything is in the server's hands, so that what it is told next comes after."""

    def close(self) -> None:
        """Forget the connection; whoever waits for room goes on and sees that it is closed."""
        self.closed = True
        self._drain()

    def _fill(self) -> None:
        self._room = self._room or asyncio.Event()
        self.on_full()

    def _drain(self) -> None:
        room, self._room = self._room, None
        if room is not None:
            room.set()


class TransportReader(Reader):
    """Writes to a transport, which says by itself when it is full."""

    def __init__(self, connection: Connection) -> None:
        super().__init__()
        self._connection = connection
        descriptor = connection.descriptor()
        if descriptor is not None:
            transport = connection.transport
            self.line = (descriptor, transport.get_write_buffer_size, transport.is_closing, self)
        connection.on_pause = self._fill
        connection.on_resume = self._drain
        connection.on_pong = self._hear_pong

    def write(self, batch: Batch) -> None:
        self.pass_on(batch.framed)

    def pass_on(self, data: bytes) -> None:
        connection = self._connection
        # After a close frame nothing may follow.
        if not (self.closed or connection.close_sent or connection.transport.is_closing()):
            connection.transport.write(data)

    def _hear_pong(self) -> None:
        self.on_pong()

    def unsent(self) -> int:
        return self._connection.unsent()

    def forget_handshake(self) -> None:
        self._connection.forget_handshake()

    def abort(self) -> None:
        self._connection.transport.abort()

    def close(self) -> None:
        super().close()
        connection = self._connection
        connection.on_pause = connection.on_resume = connection.on_pong = None


class AsgiReader(Reader):
    """Sends frame by frame through `send`, for servers without our protocol: slower, and as complete."""

    def __init__(self, send: Callable[[Any], Awaitable[None]]) -> None:
        super().__init__()
        self._send = send
        self._queue: asyncio.Queue[bytes] = asyncio.Queue()
        self._task = asyncio.create_task(self._run())

    def write(self, batch: Batch) -> None:
        if self.closed:
            return
        for text in batch.texts:
            self._queue.put_nowait(text)
        if self._queue.qsize() > BACKLOG and not self.full:
            self._fill()

    def unsent(self) -> int:
        return self._queue.qsize()

    def close(self) -> None:
        super().close()
        self._task.cancel()

    async def flush(self) -> None:
        await self._queue.join()

    async def _run(self) -> None:
        # A client who has gone raises here; whoever receives from it hears of that too.
        with suppress(OSError, RuntimeError):
            while True:
                text = await self._queue.get()
                await self._send({"type": "websocket.send", "text": text.decode()})
                self._queue.task_done()
                if self._queue.empty():
                    self._drain()


def write_to(lines: Iterable[Line], batch: Batch) -> None:
    """Write to many; where nothing waits in the transport, straight to the kernel.

    This loop is all there is between a comment and its thousand readers: most of what Hubbub costs.
    """
    data, put = batch.framed, os.write
    size = len(data)
    for descriptor, waiting, closing, reader in lines:
        taken = 0
        # A closing transport's descriptor may be another connection's already.
        if not (reader.closed or waiting() or closing()):
            try:
                taken = put(descriptor, data)
            except OSError:
                # Full, or gone: the transport finds out which.
                taken = 0
            if taken == size:
                continue
        _hand_over(reader, batch, taken)


def _hand_over(reader: Reader, batch: Batch, taken: int) -> None:
    """One who cannot be written to must not keep the others from being, and comes back by position."""
    try:
        if taken:
            reader.pass_on(batch.framed[taken:])
        else:
            reader.write(batch)
    except Exception:
        log.exception("reader_broken")
        reader.on_broken()


def frame_text(payload: bytes) -> bytes:
    """A whole, unmasked WebSocket text frame (RFC 6455, 5.2)."""
    size = len(payload)
    if size < 126:
        return bytes((0x81, size)) + payload
    if size < 65_536:
        return b"\x81\x7e" + size.to_bytes(2, "big") + payload
    return b"\x81\x7f" + size.to_bytes(8, "big") + payload
