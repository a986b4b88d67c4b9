"""How many replies of a comment stand: moved in each reply's change, compared every night."""

from app.accounts.viewer import Viewer
from app.comments import queries
from app.comments.events import CommentUpdated
from app.database.engine import DB
from app.database.transaction import retried, transaction
from app.live import channels

# Sees comments of removed posts too.
_KEEPER = Viewer(role="moderator")

_COUNTED = """
(SELECT count(*) FROM comments AS reply WHERE reply.parent = comments.id AND reply.removed_at IS NULL)
"""
_WRITE = f"UPDATE comments SET seq = $2, replies_count = {_COUNTED} WHERE id = $1"
_WRONG = f"""
SELECT id::text AS subject, abs(replies_count - counted.replies) AS off
FROM comments, LATERAL {_COUNTED} AS counted (replies)
WHERE id > $1 AND id <= $2 AND replies_count <> counted.replies
"""
_LOCK_POST = """
SELECT id FROM posts WHERE id = (SELECT post FROM comments WHERE id = $1) FOR NO KEY UPDATE
"""


async def find_wrong(after: int, up_to: int) -> dict[str, int]:
    """Comments in this range of ids whose count is wrong, and by how much."""
    return {row["subject"]: row["off"] for row in await DB.fetch(_WRONG, after, up_to)}


@retried
async def recount(comment_id: int) -> None:
    """Count a comment's replies again, and tell, as the count is part of the comment."""
    async with transaction() as change:
        # The locks of a reply, in its order: nobody is between a reply and its count.
        rows = await DB.fetch(_LOCK_POST, comment_id)
        if not rows:
            return
        await DB.fetch("SELECT FROM comments WHERE id = $1 FOR NO KEY UPDATE", comment_id)
        name = channels.post(rows[0]["id"])
        seq = (await change.advance(name))[name]
        await DB.fetch(_WRITE, comment_id, seq)
        await change.record(CommentUpdated(queries.public(await queries.get_row(_KEEPER, comment_id))))
