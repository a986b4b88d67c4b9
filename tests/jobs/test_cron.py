"""Cron lines: once a slot, whoever looks and however often."""

import asyncio
from datetime import UTC, timedelta

import pytest

from app.database.engine import DB, Engine
from app.jobs import cron
from app.jobs.cron import Cron, hourly, nightly, weekly
from app.worker import CRONS, JOBS


async def tidy() -> None:
    """Never run here."""


LINE = Cron(tidy, timedelta(hours=1), timedelta(minutes=10))


async def enqueued() -> int:
    count: int = (await DB.fetch("SELECT count(*) FROM outbox WHERE job = 'tidy'"))[0][0]
    return count


async def test_a_slot_is_taken_once_by_many_at_once(database: Engine) -> None:
    taken = await asyncio.gather(*(cron.take(LINE) for _ in range(10)))
    assert sum(taken) == 1
    assert await enqueued() == 1


async def test_the_next_slot_is_taken_again(database: Engine) -> None:
    assert await cron.take(LINE)
    assert not await cron.take(LINE)
    await DB.fetch("UPDATE cron_runs SET slot = slot - interval '1 hour'")
    await DB.fetch("DELETE FROM outbox")
    assert await cron.take(LINE)
    assert await enqueued() == 1


async def test_a_week_begins_on_monday(database: Engine) -> None:
    assert await cron.take(weekly(tidy, hour=7, minute=30))
    (run,) = await DB.fetch("SELECT slot FROM cron_runs")
    slot = run["slot"].astimezone(UTC)
    assert (slot.weekday(), slot.hour, slot.minute) == (0, 7, 30)


async def test_a_slot_and_its_job_are_committed_together(
    database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    await DB.fetch("ALTER TABLE outbox ADD CONSTRAINT full_up CHECK (job <> 'tidy')")
    try:
        with pytest.raises(Exception, match="full_up"):
            await cron.take(LINE)
    finally:
        await DB.fetch("ALTER TABLE outbox DROP CONSTRAINT full_up")
    assert await DB.fetch("SELECT FROM cron_runs") == []
    assert await cron.take(LINE)


@pytest.mark.parametrize(
    ("line", "hour", "minute"),
    [(hourly(tidy, minute=17), None, 17), (nightly(tidy, hour=3, minute=10), 3, 10)],
)
async def test_slots_begin_when_the_line_says(
    database: Engine, line: Cron, hour: int | None, minute: int
) -> None:
    await cron.take(line)
    slot = (await DB.fetch("SELECT slot, now() - slot AS age FROM cron_runs"))[0]
    assert slot["slot"].minute == minute
    assert hour in {None, slot["slot"].hour}
    assert timedelta(0) <= slot["age"] < line.every


async def test_old_slots_are_forgotten(database: Engine) -> None:
    await cron.take(LINE)
    await cron.drop_old_runs()
    assert len(await DB.fetch("SELECT FROM cron_runs")) == 1
    await DB.fetch("UPDATE cron_runs SET slot = slot - interval '8 days'")
    await cron.drop_old_runs()
    assert await DB.fetch("SELECT FROM cron_runs") == []


def test_every_line_is_a_job_that_the_worker_knows() -> None:
    assert {line.job.__name__ for line in CRONS} <= set(JOBS)
    assert len({line.job for line in CRONS}) == len(CRONS)
