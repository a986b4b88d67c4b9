"""Jobs about forgotten passwords: shallow, each repeatable."""

from app.accounts.resets import links, mails
from app.jobs.urgency import slow, urgent
from app.mail.delivery import deliver


@urgent
async def send_password_reset(*, email: str, request: str) -> None:
    """Send a link, if somebody has this address; `request` tells one request from another."""
    await deliver(await mails.password_reset(email, request))


@slow
async def prune_password_resets() -> None:
    await links.drop_old()
