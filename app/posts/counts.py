"""How many comments of a post stand: moved in each comment's change, compared every night."""

from app.accounts.viewer import ANONYMOUS
from app.database.engine import DB
from app.database.transaction import retried, transaction
from app.live import channels
from app.posts import queries
from app.posts.events import PostUpdated

_COUNTED = "(SELECT count(*) FROM comments WHERE comments.post = posts.id AND comments.removed_at IS NULL)"
_WRITE = f"UPDATE posts SET seq = $2, comments_count = {_COUNTED} WHERE id = $1"
_WRONG = f"""
SELECT id::text AS subject, abs(comments_count - counted.comments) AS off
FROM posts, LATERAL {_COUNTED} AS counted (comments)
WHERE id > $1 AND id <= $2 AND comments_count <> counted.comments
"""


async def find_wrong(after: int, up_to: int) -> dict[str, int]:
    """Posts in this range of ids whose count is wrong, and by how much."""
    return {row["subject"]: row["off"] for row in await DB.fetch(_WRONG, after, up_to)}


@retried
async def recount(post_id: int) -> None:
    """Count a post's comments again, and tell, as the count is part of the post."""
    async with transaction() as change:
        # Who writes a comment locks the post first: once we have it, nobody is between a comment and its count.
        rows = await DB.fetch("SELECT seq, removed_at FROM posts WHERE id = $1 FOR NO KEY UPDATE", post_id)
        if not rows:
            return
        if rows[0]["removed_at"] is not None:
            # Nobody is shown it; what is right is told when the post comes back.
            await DB.fetch(_WRITE, post_id, rows[0]["seq"])
            return
        name = channels.post(post_id)
        seqs = await change.advance(name, channels.POSTS)
        await DB.fetch(_WRITE, post_id, seqs[name])
        await change.record(PostUpdated(queries.public(await queries.get_row(ANONYMOUS, post_id))))
