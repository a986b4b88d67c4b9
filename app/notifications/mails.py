"""The mails about notifications, one function each; None when there is nothing to tell any more."""

from typing import Any

from app.accounts.suspended import UNSUSPENDED
from app.database.engine import DB
from app.mail.letters import Mail
from app.mail.lists.letters import write_to
from app.mail.lists.registry import MailList
from app.notifications import digests
from app.notifications.queries import SELECT, VISIBLE, shown
from app.notifications.settings import services as settings_of
from app.notifications.texts import headline
from app.settings import settings

MOST = 20

NOTIFICATIONS = MailList(
    name="notifications",
    title="mails about what others reply to you, and what else you are told of",
    wanted=settings_of.are_mailed,
    stop=settings_of.stop_mails,
    settings="/settings/notifications",
)
DIGEST = MailList(
    name="digest",
    title="the weekly digest",
    wanted=settings_of.has_digest,
    stop=settings_of.stop_digest,
    start=settings_of.start_digest,
    settings="/settings/notifications",
)

_READER = f"""
SELECT users.id, users.username, users.email FROM users
WHERE users.id = $1 AND users.left_at IS NULL AND users.activated_at IS NOT NULL AND {UNSUSPENDED}
"""
_OF_MAIL = 'SELECT "user" FROM notification_mails WHERE id = $1'
_TOLD = f"""
{SELECT} WHERE notifications.mailed = $1 AND notifications.read_at IS NULL AND {VISIBLE}
ORDER BY notifications.id
"""


async def notification_mail(mail_id: int) -> Mail | None:
    """What was gathered under this id and is still new to its reader."""
    rows = await DB.fetch(_OF_MAIL, mail_id)
    reader = await _reader(rows[0]["user"]) if rows else None
    told = [shown(row) for row in await DB.fetch(_TOLD, mail_id)]
    if reader is None or not told:
        return None
    return await write_to(
        NOTIFICATIONS, "notifications", user_id=reader["id"], to=reader["email"], key=f"notifications-{mail_id}",
        subject=headline(told[0]) if len(told) == 1 else f"{len(told)} new things for you at {settings.name}",
        username=reader["username"], told=[(one, headline(one)) for one in told[:MOST]], more=len(told[MOST:]),
    )  # fmt: skip


async def digest(user_id: int, week: str) -> Mail | None:
    """The threads of the week that most was said in; `week` is its first day, `2026-11-23`."""
    reader = await _reader(user_id)
    threads = await digests.read_week(user_id, week) if reader else []
    if reader is None or not threads:
        return None
    return await write_to(
        DIGEST, "digest", user_id=user_id, to=reader["email"], key=f"digest-{user_id}-{week}",
        subject=f"This week at {settings.name}: {threads[0].title}", username=reader["username"], threads=threads,
    )  # fmt: skip


async def _reader(user_id: int) -> Any:
    rows = await DB.fetch(_READER, user_id)
    return rows[0] if rows else None
