"""Gathers what waits for a mail into one, for a member and a pace; what they have read by then is left out."""

from collections.abc import Sequence
from typing import Literal

from app.accounts.suspended import UNSUSPENDED
from app.database.engine import DB

Pace = Literal["at_once", "hourly", "daily"]

# Only to an address that is confirmed, and to nobody who is suspended.
_WAITING = f"""
SELECT notifications.id FROM notifications JOIN users ON users.id = notifications."user"
WHERE notifications."user" = $1 AND notifications.mail = $2 AND users.left_at IS NULL
    AND users.activated_at IS NOT NULL AND {UNSUSPENDED} AND notifications.read_at IS NULL
ORDER BY notifications.id FOR UPDATE OF notifications
"""
_BEGIN = 'INSERT INTO notification_mails ("user") VALUES ($1) RETURNING id'
_TAKE = "UPDATE notifications SET mail = NULL, mailed = $2 WHERE id = ANY($1::bigint[])"
_DROP = 'UPDATE notifications SET mail = NULL WHERE "user" = $1 AND mail = $2'
_WHO_WAITS = """
SELECT DISTINCT "user" FROM notifications WHERE mail = $1 AND "user" > $2 ORDER BY "user" LIMIT $3
"""
_FORGET = """
DELETE FROM notification_mails WHERE created_at < now() - make_interval(days => $1)
    AND NOT EXISTS (SELECT FROM notifications WHERE notifications.mailed = notification_mails.id AND read_at IS NULL)
"""
# Not of reactions: there it is known who was told of already.
_FORGET_READ = """
DELETE FROM notifications WHERE read_at < now() - make_interval(days => $1) AND kind <> 'reaction'
"""

KEPT_DAYS = 30
READ_KEPT_DAYS = 180


async def gather(user_id: int, pace: Pace) -> int | None:
    """Inside the caller's change: the id of the mail that is to be written; None where nothing waits."""
    rows = await DB.fetch(_WAITING, user_id, pace)
    if not rows:
        await DB.fetch(_DROP, user_id, pace)
        return None
    mail_id: int = (await DB.fetch(_BEGIN, user_id))[0]["id"]
    await DB.fetch(_TAKE, [row["id"] for row in rows], mail_id)
    return mail_id


async def who_waits(pace: Pace, after: int, limit: int) -> Sequence[int]:
    """The next members for whom something waits, in order of their ids."""
    return [row["user"] for row in await DB.fetch(_WHO_WAITS, pace, after, limit)]


async def forget_old() -> None:
    """Mails that went out long ago, and what was read long before."""
    await DB.fetch(_FORGET, KEPT_DAYS)
    await DB.fetch(_FORGET_READ, READ_KEPT_DAYS)
