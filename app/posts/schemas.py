"""What comes in and goes out about posts (API.md)."""

import re
import unicodedata
from typing import Annotated, Literal
from urllib.parse import quote

import msgspec
from msgspec import UNSET, Meta, UnsetType

from app.accounts.authors import Author

Sort = Literal["active", "recent", "popular"]
Key = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"\A[A-Za-z0-9_-]+\Z")]
# What else has an address below a post; a slug may be none of these.
TAKEN = {
    "edit", "revisions", "comments", "reactions", "read", "follow", "mute", "removal", "restoration", "lock", "pin",
}  # fmt: skip

Id = Annotated[int, Meta(ge=1, le=2**63 - 1)]
Title = Annotated[str, Meta(min_length=3, max_length=120)]
Body = Annotated[str, Meta(min_length=1, max_length=10_000)]
Tag = Annotated[str, Meta(min_length=2, max_length=24)]
Tags = Annotated[list[Tag], Meta(max_length=5)]


class NewPost(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    title: Title
    body: Body
    tags: Tags = []
    key: Key | None = None


class PostChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    title: Title | UnsetType = UNSET
    body: Body | UnsetType = UNSET
    tags: Tags | UnsetType = UNSET


class Removal(msgspec.Struct, frozen=True):
    by: str
    reason: str | None
    at: str


class PostViewer(msgspec.Struct, frozen=True, kw_only=True):
    """What this reader did and may do with the post; never in events."""

    reactions: list[str]
    can: list[str]
    following: bool
    muted: bool
    read_comment_id: int | None
    unread_count: int


class Post(msgspec.Struct, frozen=True, kw_only=True):
    id: int
    title: str
    body: str
    body_html: str
    excerpt: str
    tags: list[str]
    author: Author | None
    comments_count: int
    reactions: dict[str, int]
    locked: bool
    pinned: bool
    removed: Removal | None
    edited_at: str | None
    last_activity_at: str
    created_at: str
    updated_at: str
    seq: int
    url: str
    viewer: PostViewer | UnsetType | None = UNSET


class RemovedPost(msgspec.Struct, frozen=True):
    """What `post.removed` tells: nothing of what the post said."""

    id: int
    removed: Removal


class Revision(msgspec.Struct, frozen=True):
    id: int
    editor: Author | None
    title: str | None
    body: str
    created_at: str


class Position(msgspec.Struct, frozen=True):
    """A place in a channel's log; what was read in the same snapshot is exactly up to it."""

    channel: str
    epoch: str
    seq: int


class Front(msgspec.Struct, frozen=True):
    """One page of posts, how many there are in all, and where channel `posts` stood in the same snapshot."""

    posts: list[Post]
    total: int
    position: Position


def tag_url(name: str) -> str:
    """Where posts about a tag are: `/tags/tea`."""
    return f"/tags/{quote(name, safe='')}"


def post_url(post_id: int, title: str) -> str:
    """`/posts/7/a-title`; only the id counts, the rest is for people."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-")
    return f"/posts/{post_id}/{f'{slug}-post' if slug in TAKEN else slug or 'post'}"
