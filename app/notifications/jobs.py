"""Jobs about notifications: shallow, each repeatable."""

from datetime import UTC, datetime, timedelta

import msgspec

from app.database.transaction import Change, transaction
from app.jobs.urgency import slow
from app.mail.delivery import deliver
from app.notifications import bundling, digests, mailing, mails, moderation, settling, telling, withdrawing
from app.notifications.mailing import Pace
from app.notifications.withdrawing import Noun

GATHER_SECONDS = 1.0
# What comes in one rush goes in one mail, and whoever is here has read it by then.
RUSH_SECONDS = 30.0
BATCH = 500


async def notify_comment(
    change: Change, *, comment_id: int, after: int = 0, named_only: bool = False
) -> None:
    """Tell those whom a comment concerns, a batch at a time."""
    last, mailed = await telling.tell_of_comment(change, comment_id, after, named_only=named_only)
    await mail_soon(change, mailed)
    if last is not None:
        await change.enqueue(notify_comment, comment_id=comment_id, after=last, named_only=named_only)


async def notify_post(change: Change, *, post_id: int, named_only: bool = False) -> None:
    """Tell the first of those whom a post concerns; thousands may follow its author, and wait for their turn."""
    last, mailed = await telling.tell_of_post(change, post_id, 0, named_only=named_only)
    await mail_soon(change, mailed)
    if last is not None:
        await change.enqueue(notify_others, post_id=post_id, after=last, named_only=named_only)


@slow
async def notify_others(change: Change, *, post_id: int, after: int, named_only: bool = False) -> None:
    """Tell the next hundred, and so on."""
    last, mailed = await telling.tell_of_post(change, post_id, after, named_only=named_only)
    await mail_soon(change, mailed)
    if last is not None:
        await change.enqueue(notify_others, post_id=post_id, after=last, named_only=named_only)


async def notify_follow(change: Change, *, follower_id: int, member_id: int) -> None:
    """Tell a member who follows them now."""
    await mail_soon(change, await telling.tell_of_follow(change, follower_id, member_id))


async def notify_reactions(change: Change, *, noun: Noun, number: int) -> None:
    """Tell an author who reacted to what they wrote."""
    await mail_soon(change, await bundling.tell_of_reactions(change, noun, number))


async def notify_reactions_soon(change: Change, noun: Noun, number: int) -> None:
    """Have it told after the change, once for many within a second."""
    key = f"notify_reactions:{noun}:{number}"
    await change.enqueue(notify_reactions, key=key, delay=GATHER_SECONDS, noun=noun, number=number)


async def notify_moderation(
    change: Change, *, noun: Noun, number: int, verb: moderation.Verb, reason: str | None, act: str
) -> None:
    """Tell an author what a moderator did with what they wrote."""
    done = moderation.Action(noun, number, verb, reason, act)
    await mail_soon(change, await moderation.tell_of_action(change, done))


async def notify_moderation_soon(change: Change, done: moderation.Action) -> None:
    """Have the author told after the change in which it is done."""
    await change.enqueue(notify_moderation, **msgspec.structs.asdict(done))


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


async def mail_soon(change: Change, user_ids: list[int]) -> None:
    """Have these mailed at once, with what else comes to them in this rush."""
    for user_id in sorted(user_ids):
        await gather_soon(change, user_id, "at_once", RUSH_SECONDS)


async def gather_soon(change: Change, user_id: int, pace: Pace, delay: float = 0) -> None:
    key = f"gather_mail:{pace}:{user_id}"
    await change.enqueue(gather_mail, key=key, delay=delay, user_id=user_id, pace=pace)


async def gather_mail(change: Change, *, user_id: int, pace: Pace) -> None:
    """Put what waits for this member into one mail."""
    mail_id = await mailing.gather(user_id, pace)
    if mail_id is not None:
        await change.enqueue(send_notification_mail, mail_id=mail_id)


async def send_notification_mail(*, mail_id: int) -> None:
    await deliver(await mails.notification_mail(mail_id))


@slow
async def mail_hourly() -> None:
    await _gather_all("hourly")


@slow
async def mail_daily() -> None:
    await _gather_all("daily")


async def _gather_all(pace: Pace) -> None:
    after = 0
    while waiting := await mailing.who_waits(pace, after, BATCH):
        async with transaction() as change:
            for user_id in waiting:
                await gather_soon(change, user_id, pace)
        after = waiting[-1]


@slow
async def send_digests() -> None:
    """Have the digest of the week that is over written for each who wants it."""
    today = datetime.now(UTC).date()
    week = today - timedelta(days=today.weekday() + 7)
    after = 0
    while due := await _take_due(week.isoformat(), after):
        after = due[-1]


async def _take_due(week: str, after: int) -> list[int]:
    async with transaction() as change:
        due = await digests.take_due(week, after, BATCH)
        for user_id in due:
            await change.enqueue(send_digest, user_id=user_id, week=week)
    return due


@slow
async def send_digest(*, user_id: int, week: str) -> None:
    await deliver(await mails.digest(user_id, week))


async def prune_notification_mails() -> None:
    await mailing.forget_old()
