"""What the JSON files of an archive hold, as far as it comes in: nothing is believed but what fits these shapes."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from app.notifications.schemas import Delivery, Kind

Id = Annotated[int, Meta(ge=1, le=2**63 - 1)]
Time = Annotated[datetime, Meta(tz=True)]
# PostgreSQL keeps every letter but this one.
Words = Annotated[str, Meta(max_length=10_000, pattern=r"^[^\x00]*$")]
Name = Annotated[str, Meta(max_length=120, pattern=r"^[^\x00]*$")]
Thing = Annotated[str, Meta(pattern=r"^(post|comment|user):[1-9][0-9]{0,17}$")]
Draftable = Annotated[str, Meta(pattern=r"^(new|(reply|edit):(post|comment):[1-9][0-9]{0,17})$")]


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One of any file; more is in it than comes in."""


class Member(Entry, frozen=True, kw_only=True):
    """Whose archive it is; what they may do here is decided here."""

    username: str
    email: str
    name: str | None
    bio: str | None
    created_at: Time
    onboarding_completed_at: Time | None = None
    community: Annotated[str, Meta(pattern=r"^[0-9a-f-]{36}$")]


class About(Entry, frozen=True, kw_only=True):
    format: int
    owner: Member


class Removable(Entry, frozen=True, kw_only=True):
    """What of it is only in those that were removed."""

    created_at: Time
    edited_at: Time | None = None
    removed_at: Time | None = None
    removed_by: Literal["author", "moderator"] | None = None
    reason: Words | None = None


class Post(Removable, frozen=True, kw_only=True):
    id: Id
    title: str
    body: str
    tags: list[str]


class Comment(Removable, frozen=True, kw_only=True):
    id: Id
    post_id: Id
    parent_id: Id | None = None
    body: str


class Revision(Entry, frozen=True, kw_only=True):
    subject: Thing
    title: Name = ""
    body: Words
    editor: str | None = None
    created_at: Time


class Reaction(Entry, frozen=True, kw_only=True):
    subject: Thing
    kind: str
    created_at: Time


class Draft(Entry, frozen=True, kw_only=True):
    subject: Draftable
    title: str | None
    body: str
    tags: list[str]
    updated_at: Time


class Read(Entry, frozen=True, kw_only=True):
    post_id: Id
    comment_id: Annotated[int, Meta(ge=0, le=2**63 - 1)]
    updated_at: Time


class FollowedPost(Entry, frozen=True, kw_only=True):
    post_id: Id
    level: Literal["following", "muted", "normal"]
    since: Time


class NamedMember(Entry, frozen=True, kw_only=True):
    username: Name
    since: Time


class FollowedTag(Entry, frozen=True, kw_only=True):
    tag: str
    since: Time


class FollowSettings(Entry, frozen=True, kw_only=True):
    own_posts: bool
    answered_posts: bool


class Setting(Entry, frozen=True, kw_only=True):
    kind: Kind
    delivery: Delivery


class Digest(Entry, frozen=True, kw_only=True):
    created_at: Time
    sent_at: Time | None


class StoppedMail(Entry, frozen=True, kw_only=True):
    list: Annotated[str, Meta(max_length=40, pattern=r"^[a-z-]+$")]
    created_at: Time


class Notification(Entry, frozen=True, kw_only=True):
    kind: Kind
    key: Annotated[str, Meta(max_length=100, pattern=r"^[^\x00]*$")]
    subject: Thing
    member: Name | None
    actors: list[Name]
    cause: str
    note: Words | None
    place: int
    created_at: Time
    read_at: Time | None
    mailed_at: Time | None
