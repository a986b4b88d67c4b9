"""Every job and every cron line, and the process that does them."""

import asyncio
import signal
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import structlog
from saq import Worker
from saq.types import PartialTimersDict

from app.accounts.addresses.jobs import (
    prune_email_changes,
    send_email_change,
    send_email_change_notice,
    send_email_changed,
)
from app.accounts.deletion.jobs import let_member_go, send_farewell
from app.accounts.jobs import (
    prune_known_browsers,
    prune_sessions,
    prune_sign_ins,
    prune_tokens,
    prune_verifications,
    recount_user,
    send_password_notice,
    send_registration_notice,
    send_second_factor_notice,
    send_sign_in_notice,
    send_verification,
    send_welcome,
    tell_admins,
)
from app.accounts.resets.jobs import prune_password_resets, send_password_reset
from app.accounts.suspensions.jobs import prune_suspensions
from app.comments.jobs import prune_pending_replies
from app.counters.jobs import reconcile_counters
from app.database.engine import DB
from app.database.unavailable import UNAVAILABLE
from app.demo import host
from app.drafts.jobs import prune_drafts
from app.exports.jobs import (
    build_export,
    fail_export,
    prune_exports,
    send_export_failed,
    send_export_ready,
)
from app.jobs import cron, queue, relay
from app.jobs.cron import Cron, hourly, nightly, weekly
from app.jobs.jobs import prune_cron_runs, prune_job_keys
from app.jobs.performer import LONG_SECONDS, Jobs, Performer, aside, in_change
from app.jobs.urgency import QueueName
from app.live import broker
from app.live.jobs import prune_events
from app.mail.jobs import prune_mails
from app.mail.smtp import pool_of
from app.notifications.jobs import (
    gather_mail,
    mail_daily,
    mail_hourly,
    notify_comment,
    notify_follow,
    notify_moderation,
    notify_others,
    notify_post,
    notify_reactions,
    prune_notification_mails,
    send_digest,
    send_digests,
    send_notification_mail,
    settle_notifications,
    withdraw_notifications,
)
from app.reports.jobs import report_day, send_daily_report
from app.settings import settings
from app.tags.jobs import recount_tags

log = structlog.get_logger("hubbub.worker")

JOBS: Jobs = {
    **in_change(recount_user, recount_tags, tell_admins),
    **in_change(notify_comment, notify_post, notify_others),
    **in_change(notify_follow, notify_reactions, notify_moderation, settle_notifications, gather_mail),
    **aside(send_notification_mail, send_digest, prune_notification_mails),
    **aside(mail_hourly, mail_daily, send_digests, seconds=LONG_SECONDS),
    **aside(withdraw_notifications, seconds=LONG_SECONDS),
    **aside(send_welcome, send_verification, send_registration_notice, send_second_factor_notice),
    **aside(send_password_reset, send_password_notice, send_sign_in_notice),
    **aside(
        prune_sessions,
        prune_verifications,
        prune_pending_replies,
        prune_mails,
        prune_cron_runs,
        prune_job_keys,
        prune_tokens,
        prune_sign_ins,
        prune_known_browsers,
        prune_drafts,
        prune_suspensions,
        prune_exports,
    ),
    **aside(send_email_change, send_email_change_notice, send_email_changed),
    **aside(let_member_go, seconds=LONG_SECONDS),
    **aside(send_farewell, send_export_ready, send_export_failed),
    **in_change(fail_export),
    **in_change(report_day),
    **aside(send_daily_report),
    **aside(build_export, seconds=LONG_SECONDS),
    **aside(prune_password_resets, prune_email_changes),
    **aside(reconcile_counters, prune_events, seconds=LONG_SECONDS),
}

CRONS = (
    hourly(mail_hourly, minute=0),
    nightly(mail_daily, hour=7, minute=0),
    weekly(send_digests, hour=7, minute=30),
    nightly(prune_notification_mails, hour=4, minute=25),
    hourly(prune_sessions, minute=17),
    hourly(prune_sign_ins, minute=22),
    hourly(prune_pending_replies, minute=27),
    hourly(prune_password_resets, minute=37),
    hourly(prune_email_changes, minute=47),
    nightly(prune_events, hour=2, minute=10),
    nightly(reconcile_counters, hour=3, minute=10),
    nightly(report_day, hour=6, minute=10),
    nightly(prune_verifications, hour=4, minute=10),
    nightly(prune_tokens, hour=4, minute=15),
    nightly(prune_known_browsers, hour=4, minute=17),
    nightly(prune_mails, hour=4, minute=20),
    nightly(prune_drafts, hour=4, minute=25),
    nightly(prune_suspensions, hour=4, minute=27),
    nightly(prune_exports, hour=4, minute=28),
    nightly(prune_cron_runs, hour=4, minute=30),
    hourly(prune_job_keys, minute=57),
)

# How many jobs of each queue are done at once: what takes long leaves hands, and connections, for the others.
HANDS: dict[QueueName, int] = {"urgent": 8, "usual": 8, "slow": 4}
FINISH_SECONDS = 8.0
TIMERS: PartialTimersDict = {"schedule": 5, "worker_info": 10, "sweep": 10, "abort": 5}


class DrainingWorker(Worker[Any]):
    """SAQ's worker, which is told by us to stop, not by a signal: it takes nothing new, and what runs has time."""

    SIGNALS = []
    draining = False

    def _process(self, previous_task: asyncio.Task[Any] | None = None) -> None:
        if self.draining and previous_task:
            self.tasks.discard(previous_task)
        else:
            super()._process(previous_task)


async def main(jobs: Jobs = JOBS, crons: Sequence[Cron] = CRONS) -> None:
    """Work until SIGTERM or SIGINT; running jobs are finished, or handed back when they take too long."""
    await DB.start(size=settings.pool_size)
    queues, performer = queue.open_queues(), Performer(jobs)
    workers = [_worker(name, saq, performer) for name, saq in queues.items()]
    aides = [relay.run(queues), cron.run(crons), performer.run(), broker.publisher.run(), queue.pusher.run()]
    if settings.demo_allowed:
        aides.append(host.run())
    if settings.smtp_url:
        aides.append(pool_of(settings.smtp_url).run())
    tasks = [asyncio.create_task(task) for task in (*(worker.start() for worker in workers), *aides)]
    log.info("worker_ready", jobs=sorted(jobs))
    try:
        await _told_to_stop(tasks)
    finally:
        for worker in workers:
            worker.draining = True
        await performer.drain(FINISH_SECONDS)
        await asyncio.gather(*(worker.stop() for worker in workers))
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        with suppress(*UNAVAILABLE):
            await performer.flush()
        await queue.close(queues)
        await DB.stop()


def _worker(name: QueueName, saq: queue.PatientQueue, performer: Performer) -> DrainingWorker:
    hands = asyncio.Semaphore(HANDS[name])

    async def run(_context: Any, *, entry_ids: list[int]) -> None:
        """The one function that SAQ knows: do what these outbox rows say."""
        await asyncio.gather(*(perform(entry_id) for entry_id in entry_ids))

    async def perform(entry_id: int) -> None:
        # Without PostgreSQL nothing is lost: the row is there when it is back, and is swept.
        async with hands:
            with suppress(*UNAVAILABLE):
                await performer.perform(entry_id)

    return DrainingWorker(
        saq, functions=[(queue.RUN, run)], concurrency=HANDS[name], timers=TIMERS, shutdown_grace_period_s=0
    )


async def _told_to_stop(tasks: list[asyncio.Task[None]]) -> None:
    """Return at a signal; raise what ended a task that should never end, so that we are started again."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    told = asyncio.create_task(stop.wait())
    await asyncio.wait([told, *tasks], return_when=asyncio.FIRST_COMPLETED)
    if not told.done():
        told.cancel()
        raise RuntimeError("A part of the worker has ended.")
