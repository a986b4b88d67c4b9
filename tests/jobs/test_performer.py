"""What a performer does with a job: once while all goes well, within its time, and not when it stops."""

import asyncio
from typing import Any

import pytest
import structlog

from app.database.engine import DB
from app.jobs import leases
from app.jobs.performer import Performer, aside
from tests.jobs.examples import (
    JOBS,
    break_down,
    count,
    dawdle,
    done,
    due,
    enqueue,
    miss,
    note,
    open_room,
    open_room_badly,
    open_room_for_nobody,
    pass_on,
    row,
)
from tests.waiting import eventually


async def test_a_job_is_done_and_its_row_goes_with_others(performer: Performer) -> None:
    first, second = await enqueue(note, number=1), await enqueue(note, number=2)
    await performer.perform(first)
    await performer.perform(second)
    assert done == [1, 2]
    assert await count() == 2
    await performer.flush()
    assert await count() == 0


async def test_a_job_that_is_told_twice_is_done_once(performer: Performer) -> None:
    entry = await enqueue(note, number=1)
    other = Performer(JOBS)
    await asyncio.gather(*(one.perform(entry) for one in (performer, other) * 5))
    await performer.flush()
    await other.flush()
    await performer.perform(entry)
    assert done == [1]


async def test_what_a_change_job_does_and_the_end_of_its_row_are_one_transaction(
    performer: Performer,
) -> None:
    await performer.perform(await enqueue(open_room, name="post:1"))
    assert await count() == 0
    assert await DB.fetch("SELECT FROM channels WHERE name = 'post:1'")
    entry = await enqueue(open_room_badly, name="post:2")
    await performer.perform(entry)
    assert (await row(entry))["error"] == "RuntimeError: The light went out."
    assert not await DB.fetch("SELECT FROM channels WHERE name = 'post:2'")


async def test_a_job_that_takes_too_long_is_stopped_and_tried_again(performer: Performer) -> None:
    entry = await enqueue(dawdle, number=1)
    await performer.perform(entry)
    assert (await row(entry))["error"].startswith("TimeoutError")


async def test_a_job_of_a_version_to_come_waits_for_it(performer: Performer) -> None:
    async def invent(**_: Any) -> None: ...

    entry = await enqueue(invent)
    await performer.perform(entry)
    assert "invent" in (await row(entry))["error"]
    assert (await row(entry))["dead_at"] is None


async def test_what_is_handed_back_is_due_at_once(performer: Performer) -> None:
    entry = await enqueue(dawdle, number=1)
    slow = Performer({**aside(dawdle)})
    running = asyncio.create_task(slow.perform(entry))
    await eventually(lambda: done, "it runs")
    assert await leases.due("usual", 10) == []
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert await due() == [entry]


async def test_who_stops_begins_nothing_new(performer: Performer) -> None:
    entry = await enqueue(note, number=1)
    await performer.drain(1)
    await performer.perform(entry)
    assert done == []
    assert await due() == [entry]


async def test_what_is_gone_is_not_tried_again(performer: Performer) -> None:
    for entry in (await enqueue(miss, number=1), await enqueue(open_room_for_nobody, name="post:1")):
        await performer.perform(entry)
    await performer.flush()
    assert await count() == 0
    assert not await DB.fetch("SELECT FROM channels WHERE name = 'post:1'")


async def test_a_job_is_done_in_the_name_of_the_request_that_caused_it(performer: Performer) -> None:
    with structlog.contextvars.bound_contextvars(request_id="from-a-reader"):
        first = await enqueue(pass_on, number=1)
    with structlog.testing.capture_logs([structlog.contextvars.merge_contextvars]) as lines:
        await performer.perform(first)
    (line,) = [line for line in lines if line["event"] == "job_done"]
    named = {"job": "pass_on", "entry": first, "queue": "usual", "request_id": "from-a-reader"}
    assert line.items() >= named.items()
    (passed_on,) = await DB.fetch("SELECT job, request_id FROM outbox")
    assert tuple(passed_on) == ("note", "from-a-reader")


async def test_what_came_of_each_job_is_counted(performer: Performer) -> None:
    for job in (note, note, break_down, miss):
        await performer.perform(await enqueue(job, number=1))
    await performer.perform(await enqueue(open_room, name="post:1"))
    await performer.flush()
    await performer.perform(await enqueue(note, number=1))
    await performer.flush()
    rows = await DB.fetch("SELECT job, done, failed, discarded FROM job_tallies ORDER BY job")
    assert [tuple(row) for row in rows] == [
        ("break_down", 0, 1, 0), ("miss", 0, 0, 1), ("note", 3, 0, 0), ("open_room", 1, 0, 0),
    ]  # fmt: skip


async def test_tallies_that_cannot_be_written_are_kept(performer: Performer) -> None:
    await performer.perform(await enqueue(open_room, name="post:1"))
    await DB.fetch("ALTER TABLE job_tallies RENAME TO elsewhere")
    try:
        with pytest.raises(Exception, match="job_tallies"):
            await performer.flush()
    finally:
        await DB.fetch("ALTER TABLE elsewhere RENAME TO job_tallies")
    await performer.flush()
    assert [tuple(row) for row in await DB.fetch("SELECT job, done FROM job_tallies")] == [("open_room", 1)]
