"""The frames of `hubbub.v1`, one Struct each (LIVE.md, section 2)."""

from typing import Annotated, Any, Literal, Self

import msgspec
from msgspec import UNSET, Meta, UnsetType

from app.accounts.authors import Author
from app.live.log import Item

SUBPROTOCOL = "hubbub.v1"
SUBSCRIPTIONS = 128
FRAME_BYTES = 65_536
FRAMES_PER_SECOND = 20
PAGE = 500
PAGE_BYTES = 262_144
TOO_FAR = 5000

EXACT = 2**53 - 1  # the greatest integer that every client can hold
ID_BYTES = 64

Id = Annotated[str, Meta(max_length=ID_BYTES)] | Annotated[int, Meta(ge=-EXACT, le=EXACT)]
Seq = Annotated[int, Meta(ge=0, le=EXACT)]
ResyncReason = Literal["pruned", "epoch", "too_far"]
ErrorCode = Literal[
    "bad_request", "not_found", "already_subscribed", "too_many_subscriptions", "auth_failed",
    "already_authenticated", "rate_limited", "unavailable",
]  # fmt: skip


class ClientFrame(msgspec.Struct, frozen=True, tag_field="type", tag=str.lower):
    """What a client may send."""


class Auth(ClientFrame, frozen=True):
    """Says who it is: once, while anonymous, before any `subscribe`."""

    id: Id
    token: str


class Subscribe(ClientFrame, frozen=True):
    """Asks for what follows a position, or without `after` for what follows the tip."""

    id: Id
    channel: str
    epoch: str | None = None
    after: Seq | None = None


class Unsubscribe(ClientFrame, frozen=True):
    """Has heard enough of a channel; also answered when it was not subscribed."""

    id: Id
    channel: str


class Fetch(ClientFrame, frozen=True):
    """Asks for one page after a position; moves no subscription."""

    id: Id
    channel: str
    epoch: str
    after: Seq
    limit: Annotated[int, Meta(ge=1, le=PAGE)] = PAGE


class Typing(ClientFrame, frozen=True):
    """Somebody writes in this channel. Never answered."""

    channel: str


class Pong(ClientFrame, frozen=True):
    """The answer to a `ping`, within ten seconds."""


CLIENT_FRAMES: dict[str, type[ClientFrame]] = {
    kind.__name__.lower(): kind for kind in (Auth, Subscribe, Unsubscribe, Fetch, Typing, Pong)
}


class ServerFrame(msgspec.Struct, frozen=True, tag_field="type", tag=str.lower):
    """What the server may send, but for the ready `event` frames of `log.Frame`."""


def read(kind: type[ClientFrame], raw: dict[str, Any]) -> ClientFrame:
    """A frame out of the object that came. Raises msgspec.ValidationError."""
    if "id" in raw and known_id(raw["id"]) is UNSET:
        raise msgspec.ValidationError(f"`id` is an integer or a text of at most {ID_BYTES} bytes.")
    return msgspec.convert(raw, kind)


def known_id(value: object) -> Id | UnsetType:
    """The id of a request, to be echoed; UNSET for what cannot be one."""
    try:
        identity: Id = msgspec.convert(value, Id)
    except msgspec.ValidationError:
        return UNSET
    too_long = isinstance(identity, str) and len(identity.encode()) > ID_BYTES
    return UNSET if too_long else identity


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

    @classmethod
    def of(cls, author: Author) -> Self:
        return cls(author.id, author.username, author.name, author.avatar_url, author.role)


class Welcome(ServerFrame, frozen=True):
    """The first frame, and with an `id` the answer to `auth`."""

    connection: str
    user: LiveUser | None
    ping_ms: int
    protocol: int = 1
    limits: Limits = Limits()
    id: Id | UnsetType = UNSET


class Subscribed(ServerFrame, frozen=True):
    """The next event of the channel is exactly `seq` + 1."""

    id: Id
    channel: str
    epoch: str
    seq: int
    recovered: bool


class Events(ServerFrame, frozen=True, omit_defaults=False):
    """A page of what was missed, or with an `id` the answer to `fetch`. `more` until the last one."""

    channel: str
    epoch: str
    events: list[Item]
    more: bool
    id: Id | UnsetType = UNSET


class Resync(ServerFrame, frozen=True):
    """The position could not be honoured: load the snapshot again; the subscription goes on after `seq`."""

    channel: str
    epoch: str
    seq: int
    reason: ResyncReason
    id: Id | UnsetType = UNSET


class Unsubscribed(ServerFrame, frozen=True):
    """Nothing else comes of the channel; without `id` the server ended it."""

    channel: str
    id: Id | UnsetType = UNSET
    reason: Literal["access", "removed"] | UnsetType = UNSET


class Ping(ServerFrame, frozen=True):
    """The last `seq` written before this frame, and the age of the last look at the tips. Wants a `pong`."""

    seqs: dict[str, int]
    checked_ms: int


class IsTyping(ServerFrame, frozen=True, tag="typing"):
    """Somebody is writing in the channel. May be lost."""

    channel: str
    user: LiveUser


class Presence(ServerFrame, frozen=True):
    """Who is here: people, not tabs; at most 20 of them by name. At most one a second, and may be lost."""

    channel: str
    count: int
    users: list[LiveUser]


class Activity(ServerFrame, frozen=True):
    """A post has so many comments now; on `posts`, and may be lost."""

    post: int
    comments_count: int


class Error(ServerFrame, frozen=True):
    """A request was refused; the connection stays."""

    code: ErrorCode
    message: str
    id: Id | UnsetType = UNSET
    retry_after_ms: int | UnsetType = UNSET


class Bye(ServerFrame, frozen=True):
    """Comes before every close of ours; `reconnect_in` null means not to come back."""

    reason: str
    reconnect_in: tuple[int, int] | None
