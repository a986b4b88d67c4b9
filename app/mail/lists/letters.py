"""Mails to those who get a list."""

from typing import Any

from app.mail.letters import Mail, write
from app.mail.lists.links import link_to_leave
from app.mail.lists.registry import MailList


async def write_to(
    mails: MailList, template: str, *, user_id: int, to: str, subject: str, key: str, **context: Any
) -> Mail | None:
    """The mail, with the link that stops it; None for a member who has gone or stopped these."""
    if not await mails.wanted(user_id):
        return None
    leave = await link_to_leave(mails, user_id)
    return write(template, to=to, subject=subject, key=key, leave=leave, **context)
