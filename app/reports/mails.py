"""The daily report."""

from datetime import date

from app.database.engine import DB
from app.mail.letters import Mail
from app.mail.lists.letters import write_to
from app.mail.lists.registry import plain_list
from app.reports.queries import figures_of
from app.settings import settings

REPORTS = plain_list("reports", "a report of each day")

_ADMIN = "SELECT email FROM users WHERE id = $1 AND role = 'admin' AND left_at IS NULL"


async def daily_report(admin_id: int, day: date) -> Mail | None:
    """How a day was; None for who is no admin any more, or wants no reports."""
    rows = await DB.fetch(_ADMIN, admin_id)
    if not rows:
        return None
    return await write_to(
        REPORTS, "daily_report", user_id=admin_id, to=rows[0]["email"],
        subject=f"{settings.name} on {day:%-d %B}", key=f"report-{day:%Y-%m-%d}-{admin_id}",
        day=f"{day:%A, %-d %B %Y}", figures=await figures_of(day),
    )  # fmt: skip
