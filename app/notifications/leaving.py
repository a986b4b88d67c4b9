"""What becomes of the notifications of somebody who leaves, and of those about what they did."""

from app.database.engine import DB
from app.database.transaction import retried, transaction
from app.live import channels, log
from app.notifications.services import mark

_WHOSE = """
SELECT DISTINCT notifications."user" FROM notification_actors
JOIN notifications ON notifications.id = notification_actors.notification
WHERE notification_actors.actor = $1 ORDER BY notifications."user" LIMIT $2
"""
_LOCK = """
SELECT id, read_at, coalesce('comment:' || comment, 'post:' || post, 'user:' || member) AS subject
FROM notifications WHERE "user" = $2
    AND EXISTS (SELECT FROM notification_actors WHERE notification = notifications.id AND actor = $1)
ORDER BY id FOR UPDATE
"""
_FORGET = "DELETE FROM notification_actors WHERE actor = $1 AND notification = ANY($2::bigint[])"
_EMPTY = """
SELECT id FROM notifications WHERE id = ANY($1::bigint[]) AND read_at IS NULL
    AND NOT EXISTS (SELECT FROM notification_actors WHERE notification = notifications.id) ORDER BY id
"""
_DROP = [
    f'DELETE FROM {table} WHERE "user" = $1'
    for table in ("notifications", "notification_mails", "notification_settings", "digests")
]


async def drop_all(user_id: int) -> None:
    """Forget what the member was told, and how they wanted to be, inside the caller's transaction."""
    for statement in _DROP:
        await DB.fetch(statement, user_id)


async def let_go(user_id: int, limit: int) -> int:
    """Take the member out of what this many others were told; how many there were."""
    rows = await DB.fetch(_WHOSE, user_id, limit)
    for row in rows:
        await _let_go(row["user"], user_id)
    return len(rows)


@retried
async def _let_go(reader_id: int, user_id: int) -> None:
    async with transaction() as change:
        rows = await DB.fetch(_LOCK, user_id, reader_id)
        ids = [row["id"] for row in rows]
        await DB.fetch(_FORGET, user_id, ids)
        # Their name stands in what was told.
        await log.blank(channels.user(reader_id), [row["subject"] for row in rows])
        await mark(change, reader_id, [row["id"] for row in await DB.fetch(_EMPTY, ids)], read=True)
