"""What comes in and goes out about flags (API.md)."""

import re
from typing import Annotated, Literal, Self

import msgspec
from msgspec import Meta

from app.accounts.authors import Author
from app.web.errors import NotFound
from app.web.validation import Wrong, checked

Noun = Literal["post", "comment", "user"]
Reason = Literal["spam", "abuse", "off_topic", "illegal", "other"]
Status = Literal["open", "upheld", "dismissed"]

_NAMED = re.compile(r"(post|comment|user):([1-9][0-9]{0,17})\Z")


class Named(msgspec.Struct, frozen=True):
    """What is reported, as a client names it: `post:42`, `comment:7`, `user:3`."""

    noun: str
    id: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises NotFound for what can be no subject."""
        match = _NAMED.match(text)
        if match is None:
            raise NotFound
        return cls(match[1], int(match[2]))

    @property
    def column(self) -> str:
        """Where a flag about it keeps its id."""
        return "member" if self.noun == "user" else self.noun

    def __str__(self) -> str:
        return f"{self.noun}:{self.id}"


def _names_a_subject(text: str) -> Wrong | None:
    return (
        None if _NAMED.match(text) else ("invalid", "Name a post, a comment or a member, as comment:7 does.")
    )


class NewFlag(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    subject: Annotated[str, checked(_names_a_subject)]
    reason: Reason
    note: Annotated[str, Meta(max_length=1000)] | None = None


class Decision(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a moderator makes of it; nothing is opened again."""

    status: Literal["upheld", "dismissed"]


class Flagged(msgspec.Struct, frozen=True):
    type: Noun
    id: int
    url: str

    @property
    def name(self) -> str:
        """As clients name it."""
        return f"{self.type}:{self.id}"


class Flag(msgspec.Struct, frozen=True, kw_only=True):
    """Null for `reporter` is a member who has left; for `resolver`, that too, or that nobody has decided."""

    id: int
    subject: Flagged
    reason: Reason
    note: str | None
    status: Status
    reporter: Author | None
    resolver: Author | None
    resolved_at: str | None
    created_at: str
