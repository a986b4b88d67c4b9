"""The mailbox of development: what would have been sent."""

from typing import Any

import msgspec

from app.database.engine import DB
from app.database.transaction import transaction
from app.mail.letters import Mail
from app.times import iso
from app.web.errors import NotFound

KEPT_DAYS = 7
SHOWN = 100

_KEEP = """
INSERT INTO mails (message_id, recipient, subject, text, html) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (message_id) DO NOTHING
"""


class KeptMail(msgspec.Struct, frozen=True):
    id: int
    recipient: str
    subject: str
    text: str
    html: str
    created_at: str


async def keep(mail: Mail, message_id: str) -> None:
    """Keep a mail; the same one again is kept once, as a mail program would show it."""
    async with transaction():
        await DB.fetch(_KEEP, message_id, mail.to, mail.subject, mail.text, mail.html)


async def list_mails() -> list[KeptMail]:
    """The newest hundred, newest first."""
    rows = await DB.fetch(f"SELECT * FROM mails ORDER BY id DESC LIMIT {SHOWN}")
    return [_mail(row) for row in rows]


async def get_mail(mail_id: int) -> KeptMail:
    """One of them. Raises NotFound."""
    rows = await DB.fetch("SELECT * FROM mails WHERE id = $1", mail_id)
    if not rows:
        raise NotFound
    return _mail(rows[0])


async def drop_old() -> None:
    await DB.fetch("DELETE FROM mails WHERE created_at < now() - make_interval(days => $1)", KEPT_DAYS)


def _mail(row: Any) -> KeptMail:
    return KeptMail(
        row["id"], row["recipient"], row["subject"], row["text"], row["html"], iso(row["created_at"])
    )
