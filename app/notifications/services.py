"""The verbs of notifications: one transaction each."""

from typing import Any

from app.accounts.viewer import Viewer, require_member
from app.database.engine import DB
from app.database.transaction import Change, retried, transaction
from app.live import channels
from app.notifications import queries
from app.notifications.events import NotificationRead
from app.notifications.schemas import Notification

BATCH = 500

_LOCK = 'SELECT read_at FROM notifications WHERE id = $1 AND "user" = $2 FOR UPDATE'
_MARK = """
UPDATE notifications SET read_at = CASE WHEN $2 THEN clock_timestamp() END, mail = NULL WHERE id = ANY($1::bigint[])
"""
_UNREAD = """
SELECT id FROM notifications WHERE "user" = $1 AND read_at IS NULL ORDER BY id LIMIT $2 FOR UPDATE
"""
# What is seen in the thread itself need not be seen again here.
_SEEN = """
SELECT id FROM notifications WHERE "user" = $1 AND read_at IS NULL AND kind IN ('reply', 'mention', 'post')
    AND (post = $2 OR EXISTS (SELECT FROM comments
        WHERE comments.id = notifications.comment AND comments.post = $2 AND comments.id <= $3))
ORDER BY id FOR UPDATE
"""


@retried
async def mark_read(viewer: Viewer, notification_id: int, *, read: bool) -> Notification:
    """Say that one of the viewer's own was read, or is to stand as new again. Raises Unauthenticated, NotFound."""
    user_id = require_member(viewer)
    await queries.get_notification(viewer, notification_id)
    async with transaction() as change:
        rows = await DB.fetch(_LOCK, notification_id, user_id)
        if rows and (rows[0]["read_at"] is not None) != read:
            await mark(change, user_id, [notification_id], read=read)
    return await queries.get_notification(viewer, notification_id)


async def read_all(viewer: Viewer) -> None:
    """Say the same of all that there are now. Raises Unauthenticated."""
    while await _read_some(require_member(viewer)) == BATCH:
        pass


async def read_in_thread(change: Change, user_id: int, post_id: int, comment_id: int) -> None:
    """A member has read a thread up to this comment: what told of it is read too, last in the change."""
    rows = await DB.fetch(_SEEN, user_id, post_id, comment_id)
    await mark(change, user_id, [row["id"] for row in rows], read=True)


@retried
async def _read_some(user_id: int) -> int:
    async with transaction() as change:
        rows = await DB.fetch(_UNREAD, user_id, BATCH)
        await mark(change, user_id, [row["id"] for row in rows], read=True)
    return len(rows)


async def mark(change: Change, user_id: int, ids: list[int], *, read: bool) -> None:
    """Mark what is locked, and tell the member's other pages, one event each."""
    if not ids:
        return
    await change.advance(channels.user(user_id), by=len(ids))
    await DB.fetch(_MARK, ids, read)
    await change.record_all(_told(row) for row in await queries.read_rows(ids))


def _told(row: Any) -> NotificationRead:
    return NotificationRead(row["user"], queries.shown(row))
