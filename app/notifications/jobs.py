"""Jobs about notifications: shallow, each repeatable."""

from app.database.transaction import Change
from app.jobs.urgency import slow
from app.notifications import bundling, settling, telling, withdrawing
from app.notifications.withdrawing import Noun

GATHER_SECONDS = 1.0


async def notify_comment(
    change: Change, *, comment_id: int, after: int = 0, named_only: bool = False
) -> None:
    """Tell those whom a comment concerns, a batch at a time."""
    last = await telling.tell_of_comment(change, comment_id, after, named_only=named_only)
    if last is not None:
        await change.enqueue(notify_comment, comment_id=comment_id, after=last, named_only=named_only)


async def notify_post(change: Change, *, post_id: int, named_only: bool = False) -> None:
    """Tell the first of those whom a post concerns; thousands may follow its author, and wait for their turn."""
    last = await telling.tell_of_post(change, post_id, 0, named_only=named_only)
    if last is not None:
        await change.enqueue(notify_others, post_id=post_id, after=last, named_only=named_only)


@slow
async def notify_others(change: Change, *, post_id: int, after: int, named_only: bool = False) -> None:
    """Tell the next hundred, and so on."""
    last = await telling.tell_of_post(change, post_id, after, named_only=named_only)
    if last is not None:
        await change.enqueue(notify_others, post_id=post_id, after=last, named_only=named_only)


async def notify_follow(change: Change, *, follower_id: int, member_id: int) -> None:
    """Tell a member who follows them now."""
    await telling.tell_of_follow(change, follower_id, member_id)


async def notify_reactions(change: Change, *, noun: Noun, number: int) -> None:
    """Tell an author who reacted to what they wrote."""
    await bundling.tell_of_reactions(change, noun, number)


async def notify_reactions_soon(change: Change, noun: Noun, number: int) -> None:
    """Have it told after the change, once for many within a second."""
    key = f"notify_reactions:{noun}:{number}"
    await change.enqueue(notify_reactions, key=key, delay=GATHER_SECONDS, noun=noun, number=number)


async def withdraw_notifications(*, noun: Noun, number: int) -> None:
    """Take back what told of a post or comment that was removed."""
    await withdrawing.withdraw(noun, number)


async def withdraw_soon(change: Change, noun: Noun, number: int) -> None:
    """Have it taken back after the change that removes it."""
    await change.enqueue(withdraw_notifications, noun=noun, number=number)


async def settle_notifications(change: Change, *, user_id: int) -> None:
    """Have nothing stand as new that a member cannot see any more."""
    await settling.settle_in(change, user_id)


async def settle_soon(change: Change, user_id: int) -> None:
    await change.enqueue(settle_notifications, key=f"settle_notifications:{user_id}", user_id=user_id)
