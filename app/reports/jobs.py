"""Jobs about reports: shallow, each repeatable."""

from datetime import UTC, date, datetime, timedelta

from app.accounts.queries import list_admins
from app.database.transaction import Change
from app.jobs.urgency import slow
from app.mail.delivery import deliver
from app.reports import mails


@slow
async def report_day(change: Change) -> None:
    """Have each admin told of yesterday, in UTC; one mail each, so that none waits for another's."""
    day = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
    for admin_id in await list_admins():
        await change.enqueue(
            send_daily_report, key=f"daily_report:{day}:{admin_id}", admin_id=admin_id, day=day
        )


@slow
async def send_daily_report(*, admin_id: int, day: str) -> None:
    """`day` is a date such as 2026-01-31."""
    await deliver(await mails.daily_report(admin_id, date.fromisoformat(day)))
