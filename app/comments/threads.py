"""Comments in order of id, made into the tree that a page shows."""

from collections.abc import Iterable

import msgspec

from app.accounts.viewer import Viewer
from app.comments.schemas import Comment, ThreadPage
from app.posts.schemas import PostViewer

PAGE = 500
MAX_DEPTH = 6


class Node(msgspec.Struct):
    """A comment with its replies. `hidden` counts the ones that are too deep for this page."""

    comment: Comment
    replies: "list[Node]" = []
    hidden: int = 0


def tree(comments: Iterable[Comment]) -> list[Node]:
    """Roots in order; a reply whose parent is on another page stands as a root."""
    nodes: dict[int, Node] = {}
    roots: list[Node] = []
    places: dict[int, tuple[int, Node]] = {}
    for comment in comments:
        node = nodes[comment.id] = Node(comment)
        depth, owner = _place(places.get(comment.parent_id or 0))
        if owner is None:
            roots.append(node)
            places[comment.id] = (0, node)
        elif depth <= MAX_DEPTH:
            owner.replies.append(node)
            places[comment.id] = (depth, node)
        else:
            owner.hidden += 1
            places[comment.id] = (depth, owner)
    return roots


def _place(parent: tuple[int, Node] | None) -> tuple[int, Node | None]:
    """Depth and visible owner of a reply to this parent; the owner of what is hidden is its last visible one."""
    return (0, None) if parent is None else (parent[0] + 1, parent[1])


def unread_of(thread: ThreadPage, viewer: Viewer) -> list[int]:
    """Ids of the comments on this page that are new to a viewer who was here before, in order."""
    part = thread.post.viewer
    if not isinstance(part, PostViewer) or part.read_comment_id is None:
        return []
    read = part.read_comment_id
    return [c.id for c in thread.comments if c.id > read and c.body is not None and not _is_own(c, viewer)]


def _is_own(comment: Comment, viewer: Viewer) -> bool:
    return comment.author is not None and viewer.is_member(comment.author.id)
