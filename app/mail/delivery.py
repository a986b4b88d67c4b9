"""Sends one mail; at least once, and with the same Message-ID each time."""

import structlog
from aiosmtplib import SMTPDataError, SMTPRecipientsRefused

from app.mail import kept
from app.mail.letters import Mail
from app.mail.message import message_id, message_of
from app.mail.smtp import pool_of
from app.settings import settings

log = structlog.get_logger("hubbub.mail")

# Reserved for addresses that do not exist (RFC 2606), such as those of the demo's members.
NOWHERE = ".invalid"
# What servers say of a mailbox that is not there, or takes nothing; 5.7 is about us (RFC 5321, RFC 3463).
NO_MAILBOX = {550, 551, 552, 553}
ABOUT_US = "5.7."


async def deliver(mail: Mail | None) -> None:
    """Hand the mail to the server of HUBBUB_SMTP_URL; without one keep it for `/dev/mail`, in development only.

    None is a mail whose reader has gone meanwhile, or wants none. Raises what aiosmtplib and the network raise;
    the outbox tries again. What the server says nobody will ever get is not tried again.
    """
    if mail is None:
        return
    if settings.smtp_url and mail.to.endswith(NOWHERE):
        log.info("mail_not_sent", mail=mail.key, reason="nobody can be reached there")
    elif settings.smtp_url:
        await _send(mail)
    elif settings.production:
        log.warning("mail_not_sent", mail=mail.key, reason="HUBBUB_SMTP_URL is not set")
    else:
        await kept.keep(mail, message_id(mail, settings.mail_from))


async def _send(mail: Mail) -> None:
    try:
        await pool_of(settings.smtp_url).send(message_of(mail, settings.mail_from), mail.to)
    except (SMTPRecipientsRefused, SMTPDataError) as refusal:
        code = _code_for_good(refusal)
        if code is None:
            raise
        # Without what the server said: that repeats the address.
        log.warning("mail_not_sent", mail=mail.key, reason="refused for good", code=code)


def _code_for_good(refusal: SMTPRecipientsRefused | SMTPDataError) -> int | None:
    """The code of a refusal that no second try will change; None for one that it may."""
    each = refusal.recipients if isinstance(refusal, SMTPRecipientsRefused) else [refusal]
    return next((r.code for r in each if r.code in NO_MAILBOX and ABOUT_US not in r.message), None)
