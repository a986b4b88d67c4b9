"""The verb of read positions."""

from app.accounts.viewer import Viewer
from app.database.engine import DB
from app.database.transaction import retried, transaction
from app.notifications.services import read_in_thread
from app.posts.queries import get_post
from app.posts.schemas import Post
from app.web.errors import FieldError, Invalid, Unauthenticated

# Only forwards: an old tab that reports late does not make read things unread.
_MARK = """
INSERT INTO reads ("user", post, comment)
SELECT $1::bigint, $2::bigint, $3::bigint WHERE $3 = 0 OR EXISTS (SELECT FROM comments WHERE id = $3 AND post = $2)
ON CONFLICT ("user", post) DO UPDATE
    SET comment = greatest(reads.comment, excluded.comment), updated_at = clock_timestamp()
RETURNING comment
"""


@retried
async def mark_read(viewer: Viewer, post_id: int, comment_id: int) -> Post:
    """Note that a thread was read up to this comment, 0 for the post alone; the post with what is left.

    Raises Unauthenticated, NotFound, Invalid (no comment of this thread).
    """
    if viewer.id is None:
        raise Unauthenticated
    await get_post(viewer, post_id)
    async with transaction() as change:
        marked = await DB.fetch(_MARK, viewer.id, post_id, comment_id)
        await read_in_thread(change, viewer.id, post_id, comment_id)
    if not marked:
        raise Invalid([FieldError("comment_id", "invalid", "There is no such comment in this thread.")])
    return await get_post(viewer, post_id)
