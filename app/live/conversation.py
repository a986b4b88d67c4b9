"""One connection from its welcome to its end: who is there, whether they still live, and how it closes."""

import asyncio
import secrets
import sys
from collections.abc import Awaitable
from contextlib import suppress
from functools import partial
from typing import Any

from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.types import Receive, Send
from msgspec import UNSET, UnsetType

from app.accounts.viewer import ANONYMOUS, Viewer
from app.database.unavailable import UNAVAILABLE
from app.live import frames, metrics
from app.live.allowance import Allowance
from app.live.answers import Answers
from app.live.connections import TooManyConnections
from app.live.farewell import BAD_FRAME, FAREWELL_SECONDS, RATE, RESTART, SIGNED_OUT, TOO_MANY, reconnect_in
from app.live.heartbeat import Heartbeat
from app.live.hub import Hub
from app.live.protocol import EXTENSION
from app.live.reader import AsgiReader, Reader, TransportReader
from app.live.subscription import Subscription
from app.settings import settings
from app.web.errors import RateLimited
from app.web.limits import limiter
from app.web.limits.rings import rings_of_asker

# Enough to tell two browsers behind one address from each other.
AGENT = 200

Connection = ASGIConnection[Any, Any, Any, Any]


class Conversation:
    """What one connection is: a viewer, a reader, and what it subscribed to."""

    def __init__(self, scope: Any, receive: Receive, send: Send, state: State) -> None:
        self._receive = receive
        self._send = send
        self.hub: Hub = state.hub
        self._door: Any = state.door
        self._id = secrets.token_hex(8)
        self.viewer = Viewer()
        self.agent = ""
        self.address = scope["client"][0] if scope["client"] else ""
        transport: Any = (scope.get("extensions") or {}).get(EXTENSION)
        self.reader: Reader = TransportReader(transport) if transport else AsgiReader(send)
        self.reader.on_full = self._cool
        self.reader.on_broken = partial(self.hang_up, RESTART, "restart")
        self._heartbeat = Heartbeat(self.hub.pulse, self.reader, self._ping, self.hang_up)
        self.reader.on_pong = self._hear_pong
        self.subscriptions: dict[str, Subscription] = {}
        self.allowance = Allowance()
        self._answers = Answers(self)
        self._wait_ms = 0
        self._closing: asyncio.Task[None] | None = None

    async def begin(self, connection: Connection) -> bool:
        """Find out who it is and say welcome; False when they were sent away."""
        try:
            refused = await self._enter(connection)
        except UNAVAILABLE:
            refused = RESTART, "unavailable"
        except TooManyConnections:
            refused = TOO_MANY, "too_many_connections"
        except RateLimited:
            refused = RATE, "rate_limited"
        if refused is not None:
            await self._bye(*refused)
            return False
        self.agent = sys.intern(connection.headers.get("user-agent", "")[:AGENT])
        self.reader.forget_handshake()
        self._welcome()
        self._heartbeat.start()
        return True

    async def _enter(self, connection: Connection) -> tuple[int, str] | None:
        """Find out who it is; with which code and reason the door stays shut, if it does."""
        self.hub.connections.add(self)
        known = await self._become(self._counted(connection))
        return None if known else (SIGNED_OUT, "auth_failed")

    async def _counted(self, connection: Connection) -> Viewer | None:
        """Who the door says it is, and that this one may come in once more. Raises RateLimited."""
        viewer: Viewer | None = await self._door.viewer(connection)
        self._wait_ms = await self.count(viewer or ANONYMOUS)
        if self._wait_ms:
            raise RateLimited
        return viewer

    async def count(self, viewer: Viewer) -> int:
        """Count as a request does; 0 if it is not too much, else the milliseconds until it is not."""
        verdict = await limiter.take(rings_of_asker(viewer, self.address))
        return 1000 * verdict.tightest.wait if verdict is not None and verdict.refused else 0

    async def _become(self, asking: Awaitable[Viewer | None]) -> bool:
        """Be who the door says; False where it knows nobody. Raises TooManyConnections."""
        turn = self.hub.doubts.turn
        viewer = await asking
        if viewer is None:
            return False
        self.hub.connections.identify(self, viewer)
        self.hub.doubts.settle(viewer.credential, turn)
        return True

    async def hold(self) -> None:
        """Answer frames until one end has had enough."""
        while (message := await self._receive())["type"] == "websocket.receive":
            # Who has been told `bye` is not heard any more.
            if self._closing is None and not await self._answers.hear(message.get("text")):
                await self._bye(BAD_FRAME, "bad_frame")
                return
        if not self.reader.closed:
            metrics.closed(message["code"])  # type: ignore[typeddict-item]  # what else comes is a disconnect

    def end(self) -> None:
        self.hub.dismiss(self)
        # A transport that is closed waits for a client who may never take what is left for it.
        asyncio.get_running_loop().call_later(FAREWELL_SECONDS, self.reader.abort)
        self.reader.close()
        self._heartbeat.stop()

    def _welcome(self, request: frames.Id | UnsetType = UNSET) -> None:
        user = frames.LiveUser.of(self.viewer.as_author()) if self.viewer.signed_in else None
        self.reader.send(frames.Welcome(self._id, user, settings.ping_ms, id=request))

    async def sign_in(self, token: str, request: frames.Id) -> bool:
        """Let one who came as nobody be the holder of a token, and say welcome; False when it is not valid."""
        try:
            known = await self._become(self._door.holder(token))
        except TooManyConnections:
            self.hang_up(TOO_MANY, "too_many_connections")
            return True
        if known:
            self._welcome(request)
        return known

    def hear_pong(self) -> None:
        self._heartbeat.hear_pong()

    def _hear_pong(self) -> None:
        """One that came past the queue."""
        self.hear_pong()
        if self.allowance.take() and self.allowance.exhausted:
            self.hang_up(RATE, "rate_limited")

    def _ping(self) -> frames.Ping:
        seqs = {channel: s.position for channel, s in self.subscriptions.items() if s.position >= 0}
        return frames.Ping(seqs, self.hub.checked_ms)

    def _cool(self) -> None:
        for subscription in self.subscriptions.values():
            subscription.cool()
        self._heartbeat.watch()

    def hang_up(self, code: int, reason: str) -> None:
        """Say `bye` and close; once, however often it is called."""
        if self._closing is None:
            self._closing = asyncio.create_task(self._bye(code, reason))

    async def _bye(self, code: int, reason: str) -> None:
        self.reader.send(frames.Bye(reason, reconnect_in(code, self._wait_ms)))
        self.reader.closed = True
        metrics.closed(code)
        # Before the close frame, which waits for room that a client who does not read never gives.
        asyncio.get_running_loop().call_later(FAREWELL_SECONDS, self.reader.abort)
        # The client may have gone in the same moment.
        with suppress(RuntimeError, OSError):
            async with asyncio.timeout(FAREWELL_SECONDS):
                await self.reader.flush()
        with suppress(RuntimeError, OSError):
            await self._send({"type": "websocket.close", "code": code, "reason": reason})
