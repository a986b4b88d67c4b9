"""Marks as read what a member cannot see any more: they would never find what is said to be new."""

from app.database.engine import DB
from app.database.transaction import Change
from app.notifications.queries import SELECT, VISIBLE
from app.notifications.services import mark

_UNSEEN = f"""
SELECT held.id FROM (
    SELECT id FROM notifications WHERE "user" = $1 AND read_at IS NULL ORDER BY id LIMIT 500 FOR UPDATE
) AS held WHERE held.id NOT IN (
    SELECT notifications.id FROM ({SELECT} WHERE notifications."user" = $1 AND notifications.read_at IS NULL
        AND {VISIBLE}) AS notifications
)
"""


async def settle_in(change: Change, user_id: int) -> None:
    """Do so inside the caller's change, which has not advanced any channel."""
    rows = await DB.fetch(_UNSEEN, user_id)
    await mark(change, user_id, [row["id"] for row in rows], read=True)
