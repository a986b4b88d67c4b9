"""Jobs about new addresses: shallow, each repeatable."""

from app.accounts.addresses import links, mails
from app.jobs.urgency import slow, urgent
from app.mail.delivery import deliver


@urgent
async def send_email_change(*, change_id: int) -> None:
    await deliver(await mails.email_change(change_id))


@urgent
async def send_email_change_notice(*, user_id: int, change_id: int, email: str) -> None:
    await deliver(await mails.email_change_notice(user_id, change_id, email))


@urgent
async def send_email_changed(*, user_id: int, change_id: int, email: str) -> None:
    await deliver(await mails.email_changed(user_id, change_id, email))


@slow
async def prune_email_changes() -> None:
    await links.drop_old()
