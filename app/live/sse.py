"""Server-Sent Events: one channel's events as a stream of text (LIVE.md, The same without a socket)."""

import asyncio
import random
from functools import partial
from typing import Any

import msgspec
from litestar import Response
from litestar.types import Receive, Scope, Send

from app.accounts.viewer import Viewer
from app.live import frames, log
from app.live.arrivals import Arrivals
from app.live.doubts import BEFORE
from app.live.farewell import FAREWELL_SECONDS, RESTART
from app.live.heartbeat import Watch
from app.live.held import held, protocol_of
from app.live.hub import Hub
from app.live.subscription import Subscription
from app.live.transport import StreamProtocol

MEDIA_TYPE = "text/event-stream"
COMMENT_SECONDS = 15.0
ROOM_BYTES = frames.PAGE_BYTES
RETRY_MS = (1000, 5000)
HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    # Proxies hold back what comes in small pieces unless they are told.
    (b"x-accel-buffering", b"no"),
]


class EventStream:
    """The connection of one stream: opened by a controller, then run as the application of its request."""

    def __init__(self, hub: Hub, viewer: Viewer, address: str, scope: Any) -> None:
        self._hub = hub
        self.viewer = viewer
        self.address = address
        self.subscriptions: dict[str, Subscription] = {}
        self._protocol = protocol_of(scope)
        self._reader = TextReader(self._protocol)
        self._reader.on_full = self._cool
        self._reader.on_broken = partial(self.hang_up, RESTART, "restart")
        self._watch = Watch(self._reader, self.hang_up)
        self._beating: asyncio.TimerHandle | None = None

    async def open(self, request: frames.Subscribe) -> None:
        """Subscribe before anything is said, so that a refusal can still be answered.

        Raises NotReadable, TooManyConnections.
        """
        self._hub.connections.add(self)
        try:
            self._hub.doubts.settle(self.viewer.credential, BEFORE)
            self.subscriptions[request.channel] = await self._hub.subscribe(
                self._reader, self.viewer, request
            )
        except BaseException:
            self._end()
            raise

    def hang_up(self, code: int, reason: str) -> None:
        """End the answer; there is no `bye` here, and the client comes back by itself."""
        if not self._reader.closed:
            self._reader.close()
            # A client who does not read gives no room for the end either.
            asyncio.get_running_loop().call_later(FAREWELL_SECONDS, self._reader.abort)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            with held(self, scope, receive):
                self._beat()
                await self._send_all(send)
        finally:
            self._end()

    async def _send_all(self, send: Send) -> None:
        if self._protocol is not None:
            self._protocol.narrow()
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        while text := await self._reader.take():
            await send({"type": "http.response.body", "body": text, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    def _beat(self) -> None:
        # Into a full reader nothing is written; the watch decides about it.
        if not self._reader.full:
            self._reader.say(b":\n\n")
        self._beating = asyncio.get_running_loop().call_later(COMMENT_SECONDS, self._beat)

    def _cool(self) -> None:
        for subscription in self.subscriptions.values():
            subscription.cool()
        self._watch.start()

    def _end(self) -> None:
        self._hub.dismiss(self)
        self._reader.close()
        # The line may be used for another request now.
        self._reader.ended = True
        self._watch.stop()
        if self._beating is not None:
            self._beating.cancel()


class StreamResponse(Response[None]):
    """Lets Litestar send what an EventStream says, as it is said."""

    def __init__(self, stream: EventStream) -> None:
        super().__init__(None, media_type=MEDIA_TYPE)
        self._stream = stream

    def to_asgi_response(self, *_: Any, **__: Any) -> Any:
        return self._stream


class TextReader(Arrivals):
    """Holds ROOM_BYTES, and one batch or page more; then it is full until all has been handed over."""

    def __init__(self, protocol: StreamProtocol | None) -> None:
        super().__init__()
        self.ended = False
        self._last = False
        self._protocol = protocol
        self._epoch = ""
        self._waiting = bytearray()
        self._wake = asyncio.Event()

    def hear(self, frame: Any, text: bytes) -> None:
        match frame:
            case frames.Subscribed():
                self._epoch = frame.epoch
                # Text without data is no message, but the client remembers the position from the first moment.
                self.say(f"retry: {random.randint(*RETRY_MS)}\nid: {frame.epoch}:{frame.seq}\n\n".encode())  # noqa: S311  # spreading
            case frames.Resync():
                self._epoch = frame.epoch
                self.say(b"event: resync\n" + _message(text, frame.epoch, frame.seq))
            case frames.Events():
                for item in frame.events:
                    event = log.Frame(frame.channel, item.seq, item.event, item.at, item.data)
                    self.say(_message(msgspec.json.encode(event), frame.epoch, item.seq))
            case log.Frame():
                self.say(_message(text, self._epoch, frame.seq))
            case frames.Unsubscribed():
                # The event that tells of a removal may have come just before it, and is still told.
                self._last = True
                self._wake.set()

    def say(self, text: bytes) -> None:
        if not self.closed:
            self._waiting += text
            self._wake.set()
            if len(self._waiting) > ROOM_BYTES and not self.full:
                self._fill()

    async def take(self) -> bytes:
        """All that waits, as soon as there is something; nothing once it is over."""
        await self._wake.wait()
        if not self._last:
            self._wake.clear()
        if self.closed:
            return b""
        text = bytes(self._waiting)
        self._waiting.clear()
        self._drain()
        return text

    def close(self) -> None:
        super().close()
        self._wake.set()

    def unsent(self) -> int:
        return len(self._waiting) + (self._protocol.unsent() if self._protocol is not None else 0)

    def abort(self) -> None:
        if self._protocol is not None and not self.ended:
            self._protocol.transport.abort()


# JSON has no line breaks, so one line of data holds it.
def _message(text: bytes, epoch: str, seq: int) -> bytes:
    return b"id: %s:%d\ndata: %s\n\n" % (epoch.encode(), seq, text)
