"""What becomes of the comments of a member who leaves: no author any more, and no words if they wish so."""

from app.accounts.viewer import Viewer
from app.comments.changing import advance, count, lock, told
from app.comments.events import CommentRemoved, CommentUnsigned
from app.database.engine import DB
from app.database.transaction import retried, transaction
from app.notifications.jobs import withdraw_soon

# Sees comments of removed posts too.
_KEEPER = Viewer(role="moderator")

_NEXT = "SELECT id FROM comments WHERE author = $1 ORDER BY id LIMIT $2"
_KEEP = "INSERT INTO comment_revisions (comment, body) VALUES ($1, $2)"
_FORGET = "UPDATE comments SET author = NULL WHERE id = $1"
_UNSIGN = "UPDATE comments SET author = NULL, updated_at = clock_timestamp(), seq = $2 WHERE id = $1"
_REMOVE = """
UPDATE comments SET author = NULL, removed_at = clock_timestamp(), removed_by = 'author',
    updated_at = clock_timestamp(), seq = $2 WHERE id = $1
"""


async def let_go(user_id: int, limit: int, *, remove: bool) -> int:
    """Take the member's name from this many of their comments; how many there were to do."""
    rows = await DB.fetch(_NEXT, user_id, limit)
    for row in rows:
        await _let_go(row["id"], user_id, remove=remove)
    return len(rows)


@retried
async def _let_go(comment_id: int, user_id: int, *, remove: bool) -> None:
    async with transaction() as change:
        row = await lock(_KEEPER, comment_id)
        if row["author"] != user_id:
            return
        if row["removed_at"] is not None:
            # Readers were told without an author when it went.
            await DB.fetch(_FORGET, comment_id)
            return
        if remove:
            # Moderators read what was removed in the revisions.
            await DB.fetch(_KEEP, comment_id, row["body"])
            await count(change, row, -1)
        seq = await advance(change, row)
        await DB.fetch(_REMOVE if remove else _UNSIGN, comment_id, seq)
        event = CommentRemoved if remove else CommentUnsigned
        await change.record(event(await told(_KEEPER, comment_id)))
        if remove:
            await withdraw_soon(change, "comment", comment_id)
