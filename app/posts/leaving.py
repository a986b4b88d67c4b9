"""What becomes of the posts of a member who leaves: no author any more, and gone if they wish so."""

from app.accounts.viewer import Viewer
from app.database.engine import DB
from app.database.transaction import retried, transaction
from app.live import channels
from app.live.access import revoke
from app.notifications.jobs import withdraw_soon
from app.posts import queries
from app.posts.events import PostRemoved, PostUnsigned
from app.tags.jobs import recount_soon

# Sees removed posts too.
_KEEPER = Viewer(role="moderator")

_NEXT = "SELECT id FROM posts WHERE author = $1 ORDER BY id LIMIT $2"
_LOCK = "SELECT author, removed_at, tags FROM posts WHERE id = $1 FOR UPDATE"
_FORGET = "UPDATE posts SET author = NULL WHERE id = $1"
_UNSIGN = "UPDATE posts SET author = NULL, updated_at = clock_timestamp(), seq = $2 WHERE id = $1"
_REMOVE = """
UPDATE posts SET author = NULL, removed_at = clock_timestamp(), removed_by = 'author',
    updated_at = clock_timestamp(), seq = $2 WHERE id = $1
"""


async def let_go(user_id: int, limit: int, *, remove: bool) -> int:
    """Take the member's name from this many of their posts; how many there were to do."""
    rows = await DB.fetch(_NEXT, user_id, limit)
    for row in rows:
        await _let_go(row["id"], user_id, remove=remove)
    return len(rows)


@retried
async def _let_go(post_id: int, user_id: int, *, remove: bool) -> None:
    async with transaction() as change:
        rows = await DB.fetch(_LOCK, post_id)
        if not rows or rows[0]["author"] != user_id:
            return
        if rows[0]["removed_at"] is not None:
            await DB.fetch(_FORGET, post_id)
            return
        name = channels.post(post_id)
        if remove:
            await revoke(change, f"channel:{name}")
        seq = (await change.advance(name, channels.POSTS))[name]
        await DB.fetch(_REMOVE if remove else _UNSIGN, post_id, seq)
        event = PostRemoved if remove else PostUnsigned
        await change.record(event(queries.public(await queries.get_row(_KEEPER, post_id))))
        if remove:
            await recount_soon(change, rows[0]["tags"])
            await withdraw_soon(change, "post", post_id)
