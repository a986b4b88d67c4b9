"""The frames of `hubbub.v1`, one Struct each (LIVE.md, section 2)."""

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from app.live.log import Item

SUBPROTOCOL = "hubbub.v1"
SUBSCRIPTIONS = 128
FRAME_BYTES = 65_536
FRAMES_PER_SECOND = 20
PAGE = 500
PAGE_BYTES = 262_144
TOO_FAR = 5000

Id = Annotated[str, Meta(max_length=64)] | int
ResyncReason = Literal["pruned", "epoch", "too_far"]


class ClientFrame(msgspec.Struct, frozen=True, tag_field="type", tag=str.lower):
    """What a client may send."""


class Auth(ClientFrame, frozen=True):
    id: Id
    token: str


class Subscribe(ClientFrame, frozen=True):
    id: Id
    channel: str
    epoch: str | None = None
    after: Annotated[int, Meta(ge=0)] | None = None


class Unsubscribe(ClientFrame, frozen=True):
    id: Id
    channel: str


class Fetch(ClientFrame, frozen=True):
    id: Id
    channel: str
    epoch: str
    after: Annotated[int, Meta(ge=0)]
    limit: Annotated[int, Meta(ge=1, le=PAGE)] = PAGE


class Typing(ClientFrame, frozen=True):
    channel: str


class Pong(ClientFrame, frozen=True):
    pass


CLIENT_FRAMES: dict[str, type[ClientFrame]] = {
    kind.__name__.lower(): kind for kind in (Auth, Subscribe, Unsubscribe, Fetch, Typing, Pong)
}


class ServerFrame(msgspec.Struct, frozen=True, tag_field="type", tag=str.lower):
    """What the server may send, but for the ready `event` frames of `log.Frame`."""


class Limits(msgspec.Struct, frozen=True):
    subscriptions: int = SUBSCRIPTIONS
    frame_bytes: int = FRAME_BYTES
    frames_per_second: int = FRAMES_PER_SECOND
    page: int = PAGE


class LiveUser(msgspec.Struct, frozen=True):
    id: int
    username: str
    name: str
    avatar_url: str | None
    role: str


class Welcome(ServerFrame, frozen=True):
    connection: str
    user: LiveUser | None
    ping_ms: int
    protocol: int = 1
    limits: Limits = Limits()


class Subscribed(ServerFrame, frozen=True):
    id: Id
    channel: str
    epoch: str
    seq: int
    recovered: bool


class Events(ServerFrame, frozen=True, omit_defaults=False):
    channel: str
    epoch: str
    events: list[Item]
    more: bool
    id: Id | UnsetType = UNSET


class Resync(ServerFrame, frozen=True):
    channel: str
    epoch: str
    seq: int
    reason: ResyncReason
    id: Id | UnsetType = UNSET


class Unsubscribed(ServerFrame, frozen=True):
    channel: str
    id: Id | UnsetType = UNSET
    reason: Literal["access", "removed"] | UnsetType = UNSET


class Ping(ServerFrame, frozen=True):
    seqs: dict[str, int]
    checked_ms: int


class IsTyping(ServerFrame, frozen=True, tag="typing"):
    channel: str
    user: LiveUser


class Error(ServerFrame, frozen=True):
    code: str
    message: str
    id: Id | UnsetType = UNSET
    retry_after_ms: int | UnsetType = UNSET


class Bye(ServerFrame, frozen=True):
    reason: str
    reconnect_in: tuple[int, int] | None
