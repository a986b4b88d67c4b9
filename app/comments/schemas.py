"""What comes in and goes out about comments (API.md)."""

import msgspec
from msgspec import UNSET, UnsetType

from app.accounts.authors import Author
from app.posts.schemas import Body, Id, Key, Position, Post, Removal


class NewComment(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    body: Body
    parent_id: Id | None = None
    key: Key | None = None


class CommentChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    body: Body | UnsetType = UNSET


class CommentViewer(msgspec.Struct, frozen=True, kw_only=True):
    """What this reader did and may do with the comment; never in events."""

    reactions: list[str]
    can: list[str]


class Comment(msgspec.Struct, frozen=True, kw_only=True):
    """A removed comment keeps its place, with body, body_html and author null for everybody.

    One that a block hides from the reader does so in lists, with `removed` null.
    """

    id: int
    post_id: int
    parent_id: int | None
    depth: int
    body: str | None
    body_html: str | None
    author: Author | None
    key: str | None
    reactions: dict[str, int]
    replies_count: int
    removed: Removal | None
    edited_at: str | None
    created_at: str
    updated_at: str
    seq: int
    url: str
    viewer: CommentViewer | UnsetType | None = UNSET


class CommentDraft(msgspec.Struct, frozen=True, kw_only=True):
    """The part of a new Comment that is known before PostgreSQL gives it a place."""

    post_id: int
    parent_id: int | None
    body: str
    body_html: str
    author: Author
    key: str | None
    reactions: dict[str, int] = {}
    replies_count: int = 0
    removed: None = None
    edited_at: None = None


class Stretch(msgspec.Struct, frozen=True):
    """Comments in order of id, and where the channel stood in the same snapshot."""

    comments: list[Comment]
    position: Position
    next_after: int | None


class ThreadPage(msgspec.Struct, frozen=True):
    """What one page of a thread shows; `branch` is the comment at its root, if it is not the whole thread."""

    post: Post
    comments: list[Comment]
    position: Position
    after: int
    next_after: int | None
    branch: Comment | None


class Pending(msgspec.Struct, frozen=True):
    """A reply that waits for its writer to come in."""

    body: str
    post_title: str
    url: str


def comment_url(comment_id: int) -> str:
    return f"/comments/{comment_id}"
