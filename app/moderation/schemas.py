"""What comes in and goes out about moderation (API.md)."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from app.accounts.authors import Author
from app.web.validation import read_fields

Noun = Literal["post", "comment", "user"]
Act = Literal[
    "locked", "unlocked", "pinned", "unpinned", "removed", "restored", "suspended", "unsuspended",
    "made_member", "made_moderator", "made_admin", "account_deleted", "flag_upheld", "flag_dismissed",
]  # fmt: skip
Reason = Annotated[str, Meta(max_length=1_000)]


class Why(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a moderator may say to what they do; blank is nothing."""

    reason: Reason | None = None


def words_of(why: Why | None) -> str | None:
    """The reason that somebody gave, None where they gave none."""
    return ((why.reason if why else None) or "").strip() or None


def read_reason(text: str) -> str | None:
    """The same out of a form. Raises Invalid."""
    return words_of(read_fields(Why, {"reason": text}))


class Subject(msgspec.Struct, frozen=True):
    """What was acted on; `title` is the post's, or the member's name, null of one who has left."""

    type: Noun
    id: int
    title: str | None
    url: str


class LogEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the log; `actor` is null for a moderator who has left."""

    id: int
    actor: Author | None
    action: Act
    subject: Subject
    reason: str | None
    created_at: str


class LogPage(msgspec.Struct, frozen=True):
    """Lines of the log, newest first, and where the next ones begin."""

    entries: list[LogEntry]
    next_cursor: str | None
