"""Jobs about comments."""

from app.comments import pending


async def prune_pending_replies() -> None:
    await pending.drop_old()
