"""What goes out about reactions (API.md)."""

from typing import Generic, Literal, TypeVar

import msgspec

V = TypeVar("V")

Kind = Literal["like", "love", "laugh", "wow", "sad", "thanks"]


class Reactions(msgspec.Struct, Generic[V], frozen=True):
    """All reactions to one thing, and what the viewer did and may do with it."""

    reactions: dict[str, int]
    viewer: V | None


class ChangedReactions(msgspec.Struct, frozen=True):
    """What readers are told; `subject` is `post:42` or `comment:7`."""

    subject: str
    reactions: dict[str, int]
