"""Jobs about notifications: shallow, each repeatable."""

from app.database.transaction import Change
from app.notifications import telling, withdrawing
from app.notifications.withdrawing import Noun


async def notify_comment(change: Change, *, comment_id: int, after: int = 0) -> None:
    """Tell those whom a comment concerns, a batch at a time."""
    last = await telling.tell_of_comment(change, comment_id, after)
    if last is not None:
        await change.enqueue(notify_comment, comment_id=comment_id, after=last)


async def withdraw_notifications(*, noun: Noun, number: int) -> None:
    """Take back what told of a post or comment that was removed."""
    await withdrawing.withdraw(noun, number)


async def withdraw_soon(change: Change, noun: Noun, number: int) -> None:
    """Have it taken back after the change that removes it."""
    await change.enqueue(withdraw_notifications, noun=noun, number=number)
