"""What is asked on one connection, and the answers (LIVE.md, section 2)."""

from typing import TYPE_CHECKING, Any

import msgspec

from app.database.unavailable import UNAVAILABLE
from app.live import frames
from app.live.farewell import RATE
from app.live.hub import NotReadable
from app.live.typing import Throttle, say_typing

if TYPE_CHECKING:
    from app.live.conversation import Conversation


class Answers:
    """One conversation's."""

    def __init__(self, conversation: "Conversation") -> None:
        self._conversation = conversation
        self._typing = Throttle()
        self._asked_as_nobody = False

    async def hear(self, text: str | None) -> bool:
        """Answer one frame; False when it is none of ours and the conversation is over."""
        raw = _object(text)
        kind = frames.CLIENT_FRAMES.get(str(raw.get("type"))) if raw is not None else None
        if raw is None or kind is None:
            return False
        if wait := self._conversation.allowance.take():
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
        if self._conversation.allowance.exhausted:
            self._conversation.hang_up(RATE, "rate_limited")
        elif kind is frames.Pong:
            self._conversation.hear_pong()
        elif kind is not frames.Typing:
            said = f"At most {frames.FRAMES_PER_SECOND} frames a second."
            self._error(raw.get("id"), "rate_limited", said, retry_after_ms=wait)

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
                await self._conversation.hub.fetch(
                    self._conversation.reader, self._conversation.viewer, frame
                )
            case frames.Auth():
                await self._authenticate(frame)
            case frames.Typing():
                self._say_typing(frame.channel)
            case frames.Pong():
                self._conversation.hear_pong()

    async def _authenticate(self, frame: frames.Auth) -> None:
        """Nobody becomes somebody, once, and before anything was asked for as nobody."""
        if self._conversation.viewer.signed_in:
            self._error(frame.id, "already_authenticated", "This connection knows who you are.")
        elif self._asked_as_nobody:
            self._error(frame.id, "bad_request", "`auth` comes before the first `subscribe`.")
        elif wait := await self._conversation.count(self._conversation.viewer):
            self._error(frame.id, "rate_limited", "That was a lot at once.", retry_after_ms=wait)
        elif not await self._conversation.sign_in(frame.token, frame.id):
            self._error(frame.id, "auth_failed", "This token is not valid.")

    async def _subscribe(self, frame: frames.Subscribe) -> None:
        self._asked_as_nobody = not self._conversation.viewer.signed_in
        if frame.channel in self._conversation.subscriptions:
            self._error(frame.id, "already_subscribed", "This connection has that channel.")
        elif frame.after is not None and frame.epoch is None:
            self._error(frame.id, "bad_request", "`after` needs the `epoch` it was counted in.")
        elif len(self._conversation.subscriptions) >= frames.SUBSCRIPTIONS:
            self._error(frame.id, "too_many_subscriptions", f"At most {frames.SUBSCRIPTIONS} a connection.")
        else:
            subscription = await self._conversation.hub.subscribe(
                self._conversation.reader, self._conversation.viewer, frame
            )
            self._conversation.subscriptions[frame.channel] = subscription
            self._conversation.hub.presence.enter(
                subscription, self._conversation.viewer, self._conversation.address, self._conversation.agent
            )

    def _say_typing(self, channel: str) -> None:
        # Only where they are, only members, and not with every key.
        viewer = self._conversation.viewer
        may_write = viewer.signed_in and not viewer.suspended and viewer.has_scope("write")
        if may_write and channel in self._conversation.subscriptions and self._typing.admits(channel):
            say_typing(channel, self._conversation.viewer.as_author())

    def _unsubscribe(self, frame: frames.Unsubscribe) -> None:
        subscription = self._conversation.subscriptions.pop(frame.channel, None)
        if subscription is not None:
            self._conversation.hub.leave(subscription)
        self._conversation.reader.send(frames.Unsubscribed(frame.channel, frame.id))

    def _error(self, request: Any, code: frames.ErrorCode, message: str, **more: int) -> None:
        self._conversation.reader.send(frames.Error(code, message, frames.known_id(request), **more))


def _object(text: str | None) -> dict[str, Any] | None:
    """The JSON object in a text frame; None for anything else, binary included."""
    if text is None:
        return None
    try:
        raw = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return None
    return raw if isinstance(raw, dict) else None
