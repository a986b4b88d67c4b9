"""Sends one mail over SMTP; at least once, and with the same Message-ID each time."""

from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

import aiosmtplib
import msgspec
import structlog

from app.settings import settings

log = structlog.get_logger("hubbub.mail")

TIMEOUT_SECONDS = 30


class Mail(msgspec.Struct, frozen=True, kw_only=True):
    """`key` names the mail for good: a second delivery of it bears the same Message-ID."""

    to: str
    subject: str
    text: str
    key: str


async def deliver(mail: Mail) -> None:
    """Hand the mail to the server of HUBBUB_SMTP_URL; without one, say in the log that there is none.

    Raises what aiosmtplib and the network raise; the outbox tries again.
    """
    if not settings.smtp_url:
        log.info("mail_not_sent", mail=mail.key, reason="HUBBUB_SMTP_URL is not set")
        return
    server = urlsplit(settings.smtp_url)
    await aiosmtplib.send(
        _message(mail),
        hostname=server.hostname,
        port=server.port,
        username=unquote(server.username) if server.username else None,
        password=unquote(server.password) if server.password else None,
        use_tls=server.scheme == "smtps",
        timeout=TIMEOUT_SECONDS,
    )


def _message(mail: Mail) -> EmailMessage:
    message = EmailMessage()
    message["From"] = settings.mail_from
    message["To"] = mail.to
    message["Subject"] = mail.subject
    message["Message-ID"] = f"<{mail.key}@{settings.mail_from.rpartition('@')[2] or 'localhost'}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    return message
