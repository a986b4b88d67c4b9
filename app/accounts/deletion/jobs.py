"""Jobs about leaving for good: shallow, each repeatable."""

from app.accounts.deletion import batches, mails
from app.accounts.deletion.schemas import Content
from app.database.transaction import Change, transaction
from app.jobs.urgency import slow
from app.mail.delivery import deliver


@slow
async def let_member_go(*, user_id: int, content: Content) -> None:
    """Do one part and have the next one done; what a killed worker leaves is found again by who wrote it."""
    if await batches.let_go_some(user_id, content):
        async with transaction() as change:
            await let_member_go_soon(change, user_id, content)


async def let_member_go_soon(change: Change, user_id: int, content: Content) -> None:
    await change.enqueue(let_member_go, key=f"let_member_go:{user_id}", user_id=user_id, content=content)


async def send_farewell(*, user_id: int, email: str, username: str, content: Content) -> None:
    await deliver(mails.farewell(user_id, email, username, content))
