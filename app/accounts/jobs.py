"""Jobs about accounts: shallow, each repeatable."""

from app.accounts import mails, sessions
from app.mail.delivery import deliver


async def send_welcome(*, user_id: int) -> None:
    """Greet a new member by mail; a member who has gone meanwhile is not greeted."""
    mail = await mails.welcome(user_id)
    if mail is not None:
        await deliver(mail)


async def drop_expired_sessions() -> None:
    await sessions.drop_expired()
