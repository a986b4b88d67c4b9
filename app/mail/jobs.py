"""Jobs about mail."""

from app.jobs.urgency import slow
from app.mail import kept


@slow
async def prune_mails() -> None:
    await kept.drop_old()
