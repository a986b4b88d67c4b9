"""What comes in and goes out about drafts (API.md)."""

import re
from typing import Annotated, Self

import msgspec
from msgspec import Meta

from app.accounts.authors import Author
from app.web.errors import Conflict, NotFound

# Shorter than what may be sent: a draft is not finished. Not longer, as it could not be sent.
Title = Annotated[str, Meta(max_length=120)]
Body = Annotated[str, Meta(max_length=10_000)]
Tags = Annotated[list[Annotated[str, Meta(max_length=24)]], Meta(max_length=5)]
Version = Annotated[int, Meta(ge=0, le=2**53 - 1)]

NEW = "new"
_SUBJECT = re.compile(r"(?:new|(reply|edit):(post|comment):([1-9][0-9]{0,17}))\Z")


class Subject(msgspec.Struct, frozen=True):
    """What a draft is for: a new post (`verb` is "new"), a reply to something or an edit of it."""

    verb: str
    noun: str = ""
    id: int = 0

    @classmethod
    def parse(cls, text: str) -> Self:
        """Of `new`, `reply:post:42`, `edit:comment:7`. Raises NotFound."""
        match = _SUBJECT.match(text)
        if match is None:
            raise NotFound
        return cls(match[1], match[2], int(match[3])) if match[1] else cls(NEW)

    def __str__(self) -> str:
        return f"{self.verb}:{self.noun}:{self.id}" if self.id else self.verb


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """Without any words it stands for one that was sent or dropped."""

    subject: str
    title: str | None
    body: str
    tags: list[str]
    version: int
    updated_at: str


class Begun(msgspec.Struct, frozen=True):
    """A draft in the list of them: what it is for, and where it is written on."""

    draft: Draft
    subject: Subject
    post_title: str | None
    author: Author | None

    @property
    def url(self) -> str:
        return url_of(self.subject)


class DraftChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All words of a draft as they are now; `version` is the one they go on from, 0 for none, null for any."""

    title: Title | None = None
    body: Body = ""
    tags: Tags = []
    version: Version | None = None

    @property
    def is_blank(self) -> bool:
        return not any(words.strip() for words in (self.title or "", self.body, *self.tags))


class Stale(Conflict):
    """The draft was changed since the version that these words go on from; `data` is how it is now."""

    message = "This draft was changed on another device."

    data: Draft

    def __init__(self, newer: Draft) -> None:
        super().__init__()
        self.data = newer


def reply_to(post_id: int, parent_id: int | None) -> str:
    """The subject of a reply: to a comment, or to the post itself."""
    return f"reply:comment:{parent_id}" if parent_id else f"reply:post:{post_id}"


def edit_of(noun: str, row_id: int) -> str:
    return f"edit:{noun}:{row_id}"


def url_of(subject: Subject) -> str:
    """Where a draft is written on."""
    match subject:
        case Subject("reply", "post"):
            return f"/posts/{subject.id}#write"
        case Subject(verb, noun) if subject.id:
            return f"/{noun}s/{subject.id}/{verb}"
    return "/posts/new"
