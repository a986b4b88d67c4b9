"""Sends one mail; at least once, and with the same Message-ID each time."""

from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

import aiosmtplib
import structlog

from app.mail import kept
from app.mail.letters import Mail
from app.settings import settings

log = structlog.get_logger("hubbub.mail")

TIMEOUT_SECONDS = 30
# Reserved for addresses that do not exist (RFC 2606), such as those of the demo's members.
NOWHERE = ".invalid"


async def deliver(mail: Mail | None) -> None:
    """Hand the mail to the server of HUBBUB_SMTP_URL; without one keep it for `/dev/mail`, in development only.

    None is a mail whose reader has gone meanwhile. Raises what aiosmtplib and the network raise; the outbox
    tries again.
    """
    if mail is None:
        return
    if settings.smtp_url and mail.to.endswith(NOWHERE):
        log.info("mail_not_sent", mail=mail.key, reason="nobody can be reached there")
    elif settings.smtp_url:
        await _send(_message(mail))
    elif settings.production:
        log.warning("mail_not_sent", mail=mail.key, reason="HUBBUB_SMTP_URL is not set")
    else:
        await kept.keep(mail, message_id(mail))


def message_id(mail: Mail) -> str:
    return f"<{mail.key}@{settings.mail_from.rpartition('@')[2].strip('> ') or 'localhost'}>"


async def _send(message: EmailMessage) -> None:
    server = urlsplit(settings.smtp_url)
    await aiosmtplib.send(
        message,
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
    message["Message-ID"] = message_id(mail)
    # No holiday notes in return.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    return message
