"""What goes out about reactions (API.md)."""

from typing import Literal

import msgspec

from app.comments.schemas import CommentViewer
from app.posts.schemas import PostViewer

Kind = Literal["like", "love", "laugh", "wow", "sad", "thanks"]


class Reactions(msgspec.Struct, frozen=True):
    """All reactions to one thing, and what the viewer did and may do with it."""

    reactions: dict[str, int]
    viewer: PostViewer | CommentViewer | None


class ChangedReactions(msgspec.Struct, frozen=True):
    """What readers are told; `subject` is `post:42` or `comment:7`."""

    subject: str
    reactions: dict[str, int]
