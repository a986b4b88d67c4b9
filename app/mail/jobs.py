"""Jobs about mail."""

from app.mail import kept


async def prune_mails() -> None:
    await kept.drop_old()
