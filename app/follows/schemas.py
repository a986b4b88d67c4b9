"""What goes out about follows and blocks (API.md)."""

import msgspec

from app.accounts.authors import Author


class Block(msgspec.Struct, frozen=True):
    """Somebody who is hidden from the reader, as an Author; `own` when it is the reader who blocked them."""

    id: int
    username: str
    name: str
    avatar_url: str | None
    role: str
    own: bool


class BlockChange(msgspec.Struct, frozen=True):
    """`blocked`: whether this member is hidden from the reader from now on, whoever of the two wished it."""

    user_id: int
    blocked: bool


class Ties(msgspec.Struct, frozen=True):
    """How one member stands to another: whether they follow them, and whether they have blocked them."""

    following: bool
    blocked: bool


class FollowSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is followed without being asked: the posts that one writes, those that one answers."""

    own_posts: bool = True
    answered_posts: bool = False


class FollowedPost(msgspec.Struct, frozen=True):
    id: int
    title: str
    url: str


class Follows(msgspec.Struct, frozen=True):
    """Everything that a member follows, mutes and blocks, for the page where they change it."""

    people: list[Author]
    tags: list[str]
    posts: list[FollowedPost]
    muted: list[FollowedPost]
    blocks: list[Block]
    settings: FollowSettings
