"""What the verbs of a comment that is there begin and end with."""

from typing import Any

from app.accounts.viewer import Viewer
from app.comments import queries
from app.comments.policy import may
from app.comments.schemas import Comment
from app.database.engine import DB
from app.database.transaction import Change
from app.live import channels
from app.posts.services import count_comments
from app.web.errors import Forbidden, Locked, Unauthenticated

KEEP = "INSERT INTO comment_revisions (comment, editor, body) VALUES ($1, $2, $3)"


async def lock(viewer: Viewer, comment_id: int) -> Any:
    """The comment with its post, both held until the change ends. Raises NotFound."""
    # Posts before comments before channels, as the insert does, or the two would wait for each other.
    await DB.fetch(
        "SELECT FROM posts WHERE id = (SELECT post FROM comments WHERE id = $1) FOR UPDATE", comment_id
    )
    await DB.fetch("SELECT FROM comments WHERE id = $1 FOR UPDATE", comment_id)
    return await queries.get_row(viewer, comment_id)


def require(verb: str, viewer: Viewer, row: Any) -> None:
    """Raises Unauthenticated, Locked, Forbidden."""
    if not viewer.signed_in:
        raise Unauthenticated
    if may(verb, viewer, row, locked=row["post_locked_at"] is not None):
        return
    raise Locked if may(verb, viewer, row, locked=False) else Forbidden


async def count(change: Change, row: Any, by: int) -> None:
    """Move the counts that a comment is part of, as it comes or goes."""
    await count_comments(change, row["post"], by)
    await DB.fetch("UPDATE comments SET replies_count = replies_count + $2 WHERE id = $1", row["parent"], by)


async def advance(change: Change, row: Any) -> int:
    """The place that the change has in the comment's channel."""
    name = channels.post(row["post"])
    return (await change.advance(name))[name]


async def told(viewer: Viewer, comment_id: int) -> Comment:
    return queries.public(await queries.get_row(viewer, comment_id))
