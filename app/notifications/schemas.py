"""What comes in and goes out about notifications (API.md)."""

from typing import Literal

import msgspec

from app.accounts.authors import Author

Kind = Literal["reply", "mention", "reaction", "follow", "post", "moderation"]
Delivery = Literal["off", "in_app", "at_once", "hourly", "daily"]

# How a member is told who has not chosen: what is said to them may go by mail, the rest waits here.
DEFAULTS: dict[Kind, Delivery] = {
    "reply": "hourly",
    "mention": "at_once",
    "reaction": "in_app",
    "follow": "in_app",
    "post": "in_app",
    "moderation": "at_once",
}


class Subject(msgspec.Struct, frozen=True):
    """What a notification is about; `title` is the post's, or the member's name."""

    type: Literal["post", "comment", "user"]
    id: int
    title: str | None
    url: str


class Notification(msgspec.Struct, frozen=True, kw_only=True):
    """`actors` are the latest three of `actors_count`; `reason` says why it came."""

    id: int
    kind: Kind
    actors: list[Author]
    actors_count: int
    subject: Subject
    excerpt: str | None
    reason: str
    read_at: str | None
    created_at: str


class ReadState(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    read: bool


class Listed(msgspec.Struct, frozen=True):
    """One page of a member's notifications, and where the next one begins."""

    notifications: list[Notification]
    next_cursor: str | None
