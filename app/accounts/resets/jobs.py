"""Jobs about forgotten passwords: shallow, each repeatable."""

from app.accounts.resets import links, mails
from app.mail.delivery import deliver


async def send_password_reset(*, email: str, request: str) -> None:
    """Send a link, if somebody has this address; `request` tells one request from another."""
    await deliver(await mails.password_reset(email, request))


async def prune_password_resets() -> None:
    await links.drop_old()
