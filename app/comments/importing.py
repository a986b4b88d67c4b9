"""Comments that come with an archive, as old as they were."""

from datetime import datetime

from app.accounts.jobs import recount_soon
from app.accounts.viewer import Viewer, require_member
from app.comments import queries
from app.comments.events import CommentCreated
from app.comments.schemas import NewComment
from app.database.engine import DB
from app.database.transaction import retried, transaction
from app.live import channels
from app.mentions.services import render
from app.posts.importing import note_activity
from app.posts.services import count_comments
from app.posts.words import clean_words

_LOCK = "SELECT FROM posts WHERE id = $1 AND removed_at IS NULL FOR NO KEY UPDATE"
_KNOWN = "SELECT FROM comments WHERE author = $1 AND key = $2"
_ANSWER = "UPDATE comments SET replies_count = replies_count + 1 WHERE id = $1 AND post = $2 RETURNING depth"
_INSERT = """
INSERT INTO comments (post, parent, depth, author, body, body_html, key, seq, created_at, updated_at, edited_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::timestamptz, coalesce($10::timestamptz, $9), $10) RETURNING id
"""


async def import_comment(
    viewer: Viewer, post_id: int, new: NewComment, created: datetime, edited: datetime | None
) -> int | None:
    """Write it under its key; its id, None when it is there or the thread is gone. Raises Invalid."""
    require_member(viewer)
    body = clean_words("body", new.body)
    html = (await render(viewer, body)).html
    return await _insert(viewer, post_id, new, (body, html), (created, edited))


@retried
async def _insert(
    viewer: Viewer,
    post_id: int,
    new: NewComment,
    words: tuple[str, str],
    times: tuple[datetime, datetime | None],
) -> int | None:
    async with transaction() as change:
        if not await DB.fetch(_LOCK, post_id) or await DB.fetch(_KNOWN, viewer.id, new.key):
            return None
        await count_comments(change, post_id, 1)
        await note_activity(post_id, times[0])
        answered = await DB.fetch(_ANSWER, new.parent_id, post_id)
        depth = min(50, answered[0]["depth"] + 1) if answered else 0
        parent = new.parent_id if answered else None
        name = channels.post(post_id)
        seq = (await change.advance(name))[name]
        rows = await DB.fetch(_INSERT, post_id, parent, depth, viewer.id, *words, new.key, seq, *times)
        comment_id: int = rows[0]["id"]
        await change.record(CommentCreated(queries.public(await queries.get_row(viewer, comment_id))))
        await recount_soon(change, viewer.id)
    return comment_id
