"""One connection's outgoing side: ready bytes straight to the transport, or the ordinary ASGI way."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from app.live.frames import ServerFrame

if TYPE_CHECKING:
    from app.live.subscription import Subscription

BACKLOG = 200


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
    on_touch: Callable[[], None] | None

    def descriptor(self) -> int | None: ...
    def forget_handshake(self) -> None: ...
    def unsent(self) -> int: ...


class Reader:
    """Sends to one connection. While `full`, the hub takes it out of its hot sets and waits for `drained`."""

    def __init__(self) -> None:
        self.on_full: Callable[[], None] = lambda: None
        self.on_broken: Callable[[], None] = lambda: None
        self.on_pong: Callable[[], None] = lambda: None
        self.closed = False
        self.descriptor = -1
        # Where it is at the tip, and written to without being asked.
        self.hot: list[Subscription] = []
        # Only while it is full: thousands never are.
        self._room: asyncio.Event | None = None

    @property
    def full(self) -> bool:
        return self._room is not None

    async def drained(self) -> None:
        while self._room is not None:
            await self._room.wait()

    def ready(self) -> bool:
        """Whether whoever has `descriptor` may write there: it is open, and nothing waits to go first."""
        return False

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
        self._touch()
        self._drain()

    def _touch(self) -> None:
        """Something was written to the transport, or it is being closed: nobody may write past it."""
        for subscription in self.hot:
            subscription.feed.hot.step_aside(subscription)

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
            self.descriptor = descriptor
        connection.on_pause = self._fill
        connection.on_resume = self._drain
        connection.on_pong = self._hear_pong
        connection.on_touch = self._touch

    def ready(self) -> bool:
        transport = self._connection.transport
        gone = self.closed or self._connection.close_sent or transport.is_closing()
        return not gone and self.descriptor >= 0 and not transport.get_write_buffer_size()

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
        connection.on_pause = connection.on_resume = connection.on_pong = connection.on_touch = None


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


def frame_text(payload: bytes) -> bytes:
    """A whole, unmasked WebSocket text frame (RFC 6455, 5.2)."""
    size = len(payload)
    if size < 126:
        return bytes((0x81, size)) + payload
    if size < 65_536:
        return b"\x81\x7e" + size.to_bytes(2, "big") + payload
    return b"\x81\x7f" + size.to_bytes(8, "big") + payload
