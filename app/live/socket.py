"""`/live`: one conversation of `hubbub.v1` for each WebSocket."""

import asyncio
import secrets
import sys
from collections.abc import Awaitable
from contextlib import suppress
from functools import partial
from typing import Any

import msgspec
import structlog
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.types import ASGIApp, Receive, Send
from msgspec import UNSET, UnsetType

from app.accounts.viewer import ANONYMOUS, Viewer
from app.database.unavailable import UNAVAILABLE
from app.live import frames, metrics
from app.live.allowance import Allowance
from app.live.connections import TooManyConnections
from app.live.farewell import BAD_FRAME, FAREWELL_SECONDS, RATE, RESTART, SIGNED_OUT, TOO_MANY, reconnect_in
from app.live.heartbeat import Heartbeat
from app.live.hub import Hub, NotReadable
from app.live.protocol import EXTENSION
from app.live.reader import AsgiReader, Reader, TransportReader
from app.live.subscription import Subscription
from app.live.typing import Throttle, say_typing
from app.settings import settings
from app.web.errors import RateLimited
from app.web.limits import limiter
from app.web.limits.rings import rings_of_asker

logger = structlog.get_logger("hubbub.live")

PATH = "/live"
# Enough to tell two browsers behind one address from each other.
AGENT = 200

Connection = ASGIConnection[Any, Any, Any, Any]


class Sockets:
    """Wraps the application: every WebSocket ends here, past the layers and the routing that requests need.

    `state` has `hub` and `door` from when the server is up.
    """

    def __init__(self, app: ASGIApp, state: State) -> None:
        self._app = app
        self._state = state

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            await self._app(scope, receive, send)
            return
        await receive()
        if scope["path"] != PATH or not self._state.door.admits(_connection(scope)):
            # Closed before it is accepted, which the server answers with 403.
            await send({"type": "websocket.close", "code": 1000, "reason": ""})
            return
        chosen = frames.SUBPROTOCOL if frames.SUBPROTOCOL in scope["subprotocols"] else None
        await send({"type": "websocket.accept", "subprotocol": chosen, "headers": []})
        conversation = Conversation(scope, receive, send, self._state)
        try:
            if await conversation.begin(_connection(scope)):
                await conversation.hold()
        finally:
            conversation.end()


def _connection(scope: Any) -> Connection:
    """For whoever reads headers and cookies; a copy, as what reading leaves in its state would stay for hours."""
    copy: Any = {**scope, "state": {}}
    return ASGIConnection(copy)


class Conversation:
    """What one connection asked for, and the answers."""

    def __init__(self, scope: Any, receive: Receive, send: Send, state: State) -> None:
        self._receive = receive
        self._send = send
        self._hub: Hub = state.hub
        self._door: Any = state.door
        self._id = secrets.token_hex(8)
        self.viewer = Viewer()
        self._agent = ""
        self.address = scope["client"][0] if scope["client"] else ""
        transport: Any = (scope.get("extensions") or {}).get(EXTENSION)
        self._reader: Reader = TransportReader(transport) if transport else AsgiReader(send)
        self._reader.on_full = self._cool
        self._reader.on_broken = partial(self.hang_up, RESTART, "restart")
        self._heartbeat = Heartbeat(self._reader, self._ping, self.hang_up)
        self._reader.on_pong = self._hear_pong
        self.subscriptions: dict[str, Subscription] = {}
        self._typing = Throttle()
        self._asked_as_nobody = False
        self._wait_ms = 0
        self._allowance = Allowance()
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
        self._agent = sys.intern(connection.headers.get("user-agent", "")[:AGENT])
        self._reader.forget_handshake()
        self._welcome()
        self._heartbeat.start()
        return True

    async def _enter(self, connection: Connection) -> tuple[int, str] | None:
        """Find out who it is; with which code and reason the door stays shut, if it does."""
        self._hub.connections.add(self)
        known = await self._become(self._counted(connection))
        return None if known else (SIGNED_OUT, "auth_failed")

    async def _counted(self, connection: Connection) -> Viewer | None:
        """Who the door says it is, and that this one may come in once more. Raises RateLimited."""
        viewer: Viewer | None = await self._door.viewer(connection)
        self._wait_ms = await self._count(viewer or ANONYMOUS)
        if self._wait_ms:
            raise RateLimited
        return viewer

    async def _count(self, viewer: Viewer) -> int:
        """Count as a request does; 0 if it is not too much, else the milliseconds until it is not."""
        verdict = await limiter.take(rings_of_asker(viewer, self.address))
        return 1000 * verdict.tightest.wait if verdict is not None and verdict.refused else 0

    async def _become(self, asking: Awaitable[Viewer | None]) -> bool:
        """Be who the door says; False where it knows nobody. Raises TooManyConnections."""
        turn = self._hub.doubts.turn
        viewer = await asking
        if viewer is None:
            return False
        self._hub.connections.identify(self, viewer)
        self._hub.doubts.settle(viewer.credential, turn)
        return True

    async def hold(self) -> None:
        """Answer frames until one end has had enough."""
        while (message := await self._receive())["type"] == "websocket.receive":
            # Who has been told `bye` is not heard any more.
            if self._closing is None and not await self._hear(message.get("text")):
                await self._bye(BAD_FRAME, "bad_frame")
                return
        if not self._reader.closed:
            metrics.closed(message["code"])  # type: ignore[typeddict-item]  # what else comes is a disconnect

    def end(self) -> None:
        self._hub.dismiss(self)
        # A transport that is closed waits for a client who may never take what is left for it.
        asyncio.get_running_loop().call_later(FAREWELL_SECONDS, self._reader.abort)
        self._reader.close()
        self._heartbeat.stop()

    def _welcome(self, request: frames.Id | UnsetType = UNSET) -> None:
        user = frames.LiveUser.of(self.viewer.as_author()) if self.viewer.signed_in else None
        self._reader.send(frames.Welcome(self._id, user, settings.ping_ms, id=request))

    async def _hear(self, text: str | None) -> bool:
        """Answer one frame; False when it is none of ours and the conversation is over."""
        raw = _object(text)
        kind = frames.CLIENT_FRAMES.get(str(raw.get("type"))) if raw is not None else None
        if raw is None or kind is None:
            return False
        if wait := self._allowance.take():
            self._refuse(kind, raw, wait)
            return True
        try:
            frame = frames.read(kind, raw)
        except msgspec.ValidationError as error:
            self._error(raw.get("id"), "bad_request", str(error))
        else:
            await self._answer(frame)
        return True

    def _refuse(self, kind: type[frames.ClientFrame], raw: dict[str, Any], wait: int) -> None:
        """One frame too many. A pong still tells that somebody is there; typing may be lost."""
        if self._allowance.exhausted:
            self.hang_up(RATE, "rate_limited")
        elif kind is frames.Pong:
            self._heartbeat.hear_pong()
        elif kind is not frames.Typing:
            said = f"At most {frames.FRAMES_PER_SECOND} frames a second."
            self._error(raw.get("id"), "rate_limited", said, retry_after_ms=wait)

    def _hear_pong(self) -> None:
        """One that came past the queue."""
        self._heartbeat.hear_pong()
        if self._allowance.take() and self._allowance.exhausted:
            self.hang_up(RATE, "rate_limited")

    async def _answer(self, frame: Any) -> None:
        try:
            await self._handle(frame)
        except NotReadable:
            self._error(frame.id, "not_found", "There is no such channel here.")
        except UNAVAILABLE:
            self._error(
                frame.id, "unavailable", "The database does not answer; try again.", retry_after_ms=1000
            )

    async def _handle(self, frame: Any) -> None:
        match frame:
            case frames.Subscribe():
                await self._subscribe(frame)
            case frames.Unsubscribe():
                self._unsubscribe(frame)
            case frames.Fetch():
                await self._hub.fetch(self._reader, self.viewer, frame)
            case frames.Auth():
                await self._authenticate(frame)
            case frames.Typing():
                self._say_typing(frame.channel)
            case frames.Pong():
                self._heartbeat.hear_pong()

    async def _authenticate(self, frame: frames.Auth) -> None:
        """Nobody becomes somebody, once, and before anything was asked for as nobody."""
        if self.viewer.signed_in:
            self._error(frame.id, "already_authenticated", "This connection knows who you are.")
        elif self._asked_as_nobody:
            self._error(frame.id, "bad_request", "`auth` comes before the first `subscribe`.")
        elif wait := await self._count(self.viewer):
            self._error(frame.id, "rate_limited", "That was a lot at once.", retry_after_ms=wait)
        else:
            await self._look_at_token(frame)

    async def _look_at_token(self, frame: frames.Auth) -> None:
        try:
            known = await self._become(self._door.holder(frame.token))
        except TooManyConnections:
            self.hang_up(TOO_MANY, "too_many_connections")
            return
        if known:
            self._welcome(frame.id)
        else:
            self._error(frame.id, "auth_failed", "This token is not valid.")

    async def _subscribe(self, frame: frames.Subscribe) -> None:
        self._asked_as_nobody = not self.viewer.signed_in
        if frame.channel in self.subscriptions:
            self._error(frame.id, "already_subscribed", "This connection has that channel.")
        elif frame.after is not None and frame.epoch is None:
            self._error(frame.id, "bad_request", "`after` needs the `epoch` it was counted in.")
        elif len(self.subscriptions) >= frames.SUBSCRIPTIONS:
            self._error(frame.id, "too_many_subscriptions", f"At most {frames.SUBSCRIPTIONS} a connection.")
        else:
            subscription = await self._hub.subscribe(self._reader, self.viewer, frame)
            self.subscriptions[frame.channel] = subscription
            self._hub.presence.enter(subscription, self.viewer, self.address, self._agent)

    def _say_typing(self, channel: str) -> None:
        # Only where they are, only members, and not with every key.
        may_write = self.viewer.signed_in and self.viewer.has_scope("write") and not self.viewer.suspended
        if may_write and channel in self.subscriptions and self._typing.admits(channel):
            say_typing(channel, self.viewer.as_author())

    def _unsubscribe(self, frame: frames.Unsubscribe) -> None:
        subscription = self.subscriptions.pop(frame.channel, None)
        if subscription is not None:
            self._hub.leave(subscription)
        self._reader.send(frames.Unsubscribed(frame.channel, frame.id))

    def _error(self, request: Any, code: frames.ErrorCode, message: str, **more: int) -> None:
        self._reader.send(frames.Error(code, message, frames.known_id(request), **more))

    def _ping(self) -> frames.Ping:
        seqs = {channel: s.position for channel, s in self.subscriptions.items() if s.position >= 0}
        return frames.Ping(seqs, self._hub.checked_ms)

    def _cool(self) -> None:
        for subscription in self.subscriptions.values():
            subscription.cool()
        self._heartbeat.watch()

    def hang_up(self, code: int, reason: str) -> None:
        """Say `bye` and close; once, however often it is called."""
        if self._closing is None:
            self._closing = asyncio.create_task(self._bye(code, reason))

    async def _bye(self, code: int, reason: str) -> None:
        self._reader.send(frames.Bye(reason, reconnect_in(code, self._wait_ms)))
        self._reader.closed = True
        metrics.closed(code)
        # Before the close frame, which waits for room that a client who does not read never gives.
        asyncio.get_running_loop().call_later(FAREWELL_SECONDS, self._reader.abort)
        # The client may have gone in the same moment.
        with suppress(RuntimeError, OSError):
            async with asyncio.timeout(FAREWELL_SECONDS):
                await self._reader.flush()
        with suppress(RuntimeError, OSError):
            await self._send({"type": "websocket.close", "code": code, "reason": reason})


def _object(text: str | None) -> dict[str, Any] | None:
    """The JSON object in a text frame; None for anything else, binary included."""
    if text is None:
        return None
    try:
        raw = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return None
    return raw if isinstance(raw, dict) else None
