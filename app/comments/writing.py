"""The one statement that writes a comment (LIVE.md 3.2).

Each part depends on the one before, so the locks are taken in the order posts, comments, channels, and the
id is drawn when the channel is ours: on one channel ids, `seq` and commits have the same order. The jobs that
tell whom it concerns and count the author's comments come late: they are only swept, and one count that waits is
enough for many comments. Whoever wants to follow what they answer does so from here on.
"""

import msgspec

from app.accounts import counts
from app.accounts.jobs import GATHER_SECONDS, recount_user
from app.accounts.viewer import Viewer
from app.comments.events import CommentCreated
from app.comments.schemas import CommentDraft
from app.database.transaction import commit_statement
from app.drafts import services as drafts
from app.drafts.schemas import reply_to
from app.jobs import outbox
from app.live import channels
from app.notifications.jobs import notify_comment

# Conditions stand in the UPDATE itself: a check in a part of its own would read the old snapshot.
_INSERT = f"""
WITH post AS (
    UPDATE posts SET comments_count = comments_count + 1, last_activity_at = clock_timestamp()
    WHERE id = $1 AND removed_at IS NULL AND (locked_at IS NULL OR $2)
        AND ($3::bigint IS NULL OR EXISTS (SELECT FROM comments WHERE id = $3 AND post = $1))
    RETURNING id, comments_count
), parent AS (
    UPDATE comments SET replies_count = replies_count + 1
    WHERE id = $3 AND post = (SELECT id FROM post) RETURNING depth
), channel AS (
    UPDATE channels SET seq = seq + 1
    WHERE name = $4 AND EXISTS (SELECT FROM post) AND (SELECT count(*) FROM parent) >= 0
    RETURNING name, seq
), comment AS (
    INSERT INTO comments (post, parent, depth, author, body, body_html, key, fingerprint, seq)
    SELECT $1, $3, least(50, coalesce((SELECT depth + 1 FROM parent), 0)), $5, $6, $7, $8, $9, channel.seq
    FROM channel
    RETURNING id, depth, seq, created_at, updated_at
), event AS (
    INSERT INTO events (channel, seq, kind, subject, data)
    SELECT $4, comment.seq, $10, 'comment:' || comment.id, $11::jsonb || jsonb_build_object(
        'id', comment.id, 'depth', comment.depth, 'seq', comment.seq, 'url', '/comments/' || comment.id,
        'created_at', hubbub_time(comment.created_at), 'updated_at', hubbub_time(comment.updated_at))
    FROM comment
    RETURNING channel, seq, kind, created_at, data
), draft AS (
    {drafts.SEND} WHERE "user" = $5 AND subject = $16 AND dropped_at IS NULL AND EXISTS (SELECT FROM event)
), notice AS (
    INSERT INTO outbox (job, payload, run_at, request_id)
    SELECT $19, jsonb_build_object('comment_id', comment.id), now(), $17 FROM comment
), recount AS (
    INSERT INTO outbox (job, key, payload, run_at, request_id)
    SELECT $12, $13, $14::jsonb, now() + make_interval(secs => $15), $17 FROM event
    {outbox.ON_CONFLICT}
), follow AS (
    INSERT INTO post_follows ("user", post, level) SELECT $5, $1, 'following' FROM comment
    WHERE EXISTS (SELECT FROM follow_settings WHERE "user" = $5 AND answered_posts)
    ON CONFLICT DO NOTHING
), mention AS (
    INSERT INTO mentions ("user", comment) SELECT users.id, comment.id FROM comment, users
    WHERE users.id = ANY($18::bigint[])
)
SELECT channel, seq, kind, hubbub_time(created_at) AS at, data::text AS data, hubbub_epoch() AS epoch,
    (SELECT comments_count FROM post)
FROM event
"""


async def insert(viewer: Viewer, draft: CommentDraft, fingerprint: bytes, named: list[int]) -> str | None:
    """Write the comment with whom it names, its event and the counters, and publish; the Comment as JSON.

    None when the post is gone, removed or locked, or has no such parent. Raises UniqueViolationError when
    the key was used: `ON CONFLICT` would burn a `seq`.
    """
    author = draft.author.id
    rows = await commit_statement(
        _INSERT,
        draft.post_id, viewer.is_moderator, draft.parent_id, channels.post(draft.post_id), viewer.id,
        draft.body, draft.body_html, draft.key, fingerprint,
        CommentCreated.kind, msgspec.json.encode(draft).decode(),
        recount_user.__name__, counts.key(author), outbox.encode({"user_id": author}), GATHER_SECONDS,
        reply_to(draft.post_id, draft.parent_id), outbox.request_id(), named, notify_comment.__name__,
    )  # fmt: skip
    return rows[0]["data"] if rows else None
