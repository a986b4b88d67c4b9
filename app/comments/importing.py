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
from app.posts.importing import STANDING, Gone, Times, note_activity
from app.posts.services import count_comments
from app.posts.words import clean_words

# An own thread that was removed is as it was, with its replies.
_LOCK = "SELECT FROM posts WHERE id = $1 AND (removed_at IS NULL OR author = $2) FOR NO KEY UPDATE"
_KNOWN = "SELECT FROM comments WHERE author = $1 AND key = $2"
_ANSWER = "UPDATE comments SET replies_count = replies_count + $3 WHERE id = $1 AND post = $2 RETURNING depth"
_INSERT = """
INSERT INTO comments (post, parent, depth, author, body, body_html, key, seq, created_at, updated_at, edited_at,
    removed_at, removed_by, removed_reason)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::timestamptz, coalesce($10::timestamptz, $9), $10, $11, $12, $13)
RETURNING id
"""
_REVISION = """
INSERT INTO comment_revisions (comment, editor, body, created_at)
SELECT id, CASE WHEN $3 THEN author END, $4, $5 FROM comments WHERE id = $1 AND author = $2
    AND NOT EXISTS (SELECT FROM comment_revisions AS known
        WHERE known.comment = $1 AND known.body = $4 AND known.created_at = $5)
RETURNING id
"""


async def import_comment(
    viewer: Viewer, post_id: int, new: NewComment, times: Times, gone: Gone = STANDING
) -> int | None:
    """Write it under its key; its id, None when it is there or the thread is gone. Raises Invalid.

    One that was removed comes in as the place that it left.
    """
    require_member(viewer)
    body = clean_words("body", new.body)
    html = (await render(viewer, body)).html
    return await _insert(viewer, post_id, new, (body, html), (times, gone))


async def import_revision(
    viewer: Viewer, comment_id: int, body: str, made: datetime, *, by_author: bool
) -> bool:
    """Keep what an own comment said before; whether that is new."""
    async with transaction():
        rows = await DB.fetch(_REVISION, comment_id, require_member(viewer), by_author, body, made)
    return bool(rows)


@retried
async def _insert(
    viewer: Viewer, post_id: int, new: NewComment, words: tuple[str, str], past: tuple[Times, Gone]
) -> int | None:
    times, gone = past
    stands = int(gone.at is None)
    async with transaction() as change:
        if not await DB.fetch(_LOCK, post_id, viewer.id) or await DB.fetch(_KNOWN, viewer.id, new.key):
            return None
        await count_comments(change, post_id, stands)
        await note_activity(post_id, times.created)
        answered = await DB.fetch(_ANSWER, new.parent_id, post_id, stands)
        depth = min(50, answered[0]["depth"] + 1) if answered else 0
        parent = new.parent_id if answered else None
        name = channels.post(post_id)
        seq = (await change.advance(name))[name]
        rows = await DB.fetch(_INSERT, post_id, parent, depth, viewer.id, *words, new.key, seq, *times, *gone)
        comment_id: int = rows[0]["id"]
        await change.record(CommentCreated(queries.public(await queries.get_row(viewer, comment_id))))
        await recount_soon(change, viewer.id)
    return comment_id
