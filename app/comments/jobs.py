"""Jobs about comments."""

from app.comments import pending
from app.jobs.urgency import slow


@slow
async def prune_pending_replies() -> None:
    await pending.drop_old()
