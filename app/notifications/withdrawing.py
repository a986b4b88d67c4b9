"""Takes back what told of something that is gone: it is not new to anybody, and not in their log any more."""

from typing import Literal

from app.database.engine import DB
from app.database.transaction import retried, transaction
from app.live import channels, log
from app.notifications.services import mark

Noun = Literal["post", "comment"]

_BATCH = 100
_IS_ABOUT = {
    "comment": "comment = $1",
    "post": "(post = $1 OR comment IN (SELECT id FROM comments WHERE comments.post = $1))",
}
_WHOSE = """
SELECT DISTINCT "user" FROM notifications
WHERE {about} AND "user" > $2 AND kind <> 'moderation' ORDER BY "user" LIMIT $3
"""
_LOCK = """
SELECT id, read_at, CASE WHEN comment IS NULL THEN 'post:' || post ELSE 'comment:' || comment END AS subject
FROM notifications WHERE {about} AND "user" = $2 AND kind <> 'moderation' ORDER BY id FOR UPDATE
"""


async def withdraw(noun: Noun, number: int) -> None:
    """Everybody's notifications about a post with all that is in it, or about a comment; again does nothing."""
    after = 0
    whose = _WHOSE.format(about=_IS_ABOUT[noun])
    while rows := await DB.fetch(whose, number, after, _BATCH):
        for row in rows:
            await _withdraw_from(row["user"], noun, number)
        after = rows[-1]["user"]


@retried
async def _withdraw_from(user_id: int, noun: Noun, number: int) -> None:
    async with transaction() as change:
        rows = await DB.fetch(_LOCK.format(about=_IS_ABOUT[noun]), number, user_id)
        await log.blank(channels.user(user_id), [row["subject"] for row in rows])
        await mark(change, user_id, [row["id"] for row in rows if row["read_at"] is None], read=True)
