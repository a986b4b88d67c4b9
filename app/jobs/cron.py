"""Jobs that come with the clock: each slot of a line puts one job into the outbox, however many workers look.

Not SAQ's own crons: they live in Redis, and a slot that falls while it or the worker is away never comes.
"""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec
import structlog

from app.database.engine import DB
from app.database.transaction import transaction
from app.database.unavailable import UNAVAILABLE
from app.jobs.urgency import JobFunction

log = structlog.get_logger("hubbub.jobs")

LOOK_SECONDS = 2.0
KEPT_DAYS = 7
_FIRST = datetime(2001, 1, 1, tzinfo=UTC)

_TAKE = """
INSERT INTO cron_runs (name, slot) VALUES ($1, date_bin($2, now(), $3)) ON CONFLICT DO NOTHING RETURNING slot
"""


class Cron(msgspec.Struct, frozen=True):
    """One line: which job, how often, and how long after the full period, in UTC."""

    job: JobFunction
    every: timedelta
    after: timedelta


def hourly(job: JobFunction, *, minute: int) -> Cron:
    return Cron(job, timedelta(hours=1), timedelta(minutes=minute))


def nightly(job: JobFunction, *, hour: int, minute: int) -> Cron:
    return Cron(job, timedelta(days=1), timedelta(hours=hour, minutes=minute))


def weekly(job: JobFunction, *, hour: int, minute: int) -> Cron:
    """Every Monday, as the days are counted from one."""
    return Cron(job, timedelta(days=7), timedelta(hours=hour, minutes=minute))


async def run(crons: Sequence[Cron]) -> None:
    while True:
        try:
            for cron in crons:
                await take(cron)
        except UNAVAILABLE as error:
            log.warning("cron_failed", error=str(error) or type(error).__name__)
        except Exception:
            # As in the relay: a clock that stopped would be missed by nobody.
            log.exception("cron_failed")
        await asyncio.sleep(LOOK_SECONDS)


async def take(cron: Cron) -> bool:
    """Enqueue the job of the slot that has begun last, unless somebody did; whether it was us."""
    name = cron.job.__name__
    async with transaction() as change:
        mine = bool(await DB.fetch(_TAKE, name, cron.every, _FIRST + cron.after))
        if mine:
            await change.enqueue(cron.job, key=f"cron:{name}")
    return mine


async def drop_old_runs() -> None:
    await DB.fetch("DELETE FROM cron_runs WHERE slot < now() - make_interval(days => $1)", KEPT_DAYS)
