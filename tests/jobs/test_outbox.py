"""The outbox: what is committed is wanted, and under one key once."""

import asyncio
from contextlib import suppress
from typing import Any

import asyncpg
import pytest

from app.database.engine import DB, Engine
from app.database.transaction import transaction
from app.jobs import leases, outbox, queue, relay
from app.jobs.performer import Performer
from tests.jobs.examples import (
    break_down,
    claim,
    count,
    done,
    due,
    enqueue,
    make_due,
    note,
    note_at_once,
    note_sometime,
    row,
)
from tests.waiting import eventually


async def test_one_that_waits_under_a_key_is_enough(database: Engine) -> None:
    assert await enqueue(note, number=1, key="note") is not None
    assert await enqueue(note, number=1, key="note") is None
    assert await enqueue(note, number=1, key="another") is not None
    assert await enqueue(note, number=1) is not None
    assert await enqueue(note, number=1) is not None
    assert await count() == 4


async def test_what_arrives_while_a_job_runs_is_done_after_it(database: Engine) -> None:
    entry = await enqueue(note, number=1, key="note")
    running = await claim(entry)
    later = await enqueue(note, number=1, key="note")
    assert later is not None
    assert running is not None
    await leases.finish_all([running])
    assert await due() == [later]


async def test_a_change_that_is_not_committed_holds_the_job_that_must_see_it(database: Engine) -> None:
    """A claim between our `enqueue` and our commit would count without us, and nobody would count again."""
    entry = await enqueue(note, number=1, key="note")
    other = await asyncpg.connect(database.config["dsn"])
    try:
        change = other.transaction()
        await change.start()
        assert await other.fetch(outbox._ADD, "note", "{}", "note", 0.0, "usual", None) == []
        claiming = asyncio.create_task(claim(entry))
        await waits_for_a_lock(database)
        assert not claiming.done()
        await change.commit()
        assert await claiming is not None
    finally:
        await other.close()


async def waits_for_a_lock(database: Engine) -> None:
    async def waiting() -> list[Any]:
        return await database.fetch(
            "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )

    await eventually(waiting, "the claim waits for the change")


async def test_a_failed_job_hands_its_tries_to_the_one_that_waits_for_its_key(performer: Performer) -> None:
    entry = await enqueue(break_down, number=1, key="note")
    failing = await claim(entry)
    heir = await enqueue(break_down, number=1, key="note")
    assert failing is not None
    await leases.fail(failing, "no luck")
    assert await row(entry) is None
    left = await row(heir)
    assert (left["tries"], left["error"]) == (1, "no luck")
    assert left["pause"].total_seconds() > 1


async def test_a_delayed_job_is_only_swept(database: Engine) -> None:
    async with transaction() as change:
        await change.enqueue(note, delay=60, number=1)
    assert change.jobs == []
    assert await leases.due("usual", 10) == []
    await make_due()
    assert len(await leases.due("usual", 10)) == 1
    assert relay.SWEEP_SECONDS <= 2


async def test_of_two_under_one_key_the_second_waits_until_the_first_is_done(database: Engine) -> None:
    running = await claim(await enqueue(note, number=1, key="note"))
    later = await enqueue(note, number=2, key="note")
    assert await due() == []
    assert await claim(later) is None
    # One that lost its worker is done again before what came after it.
    await make_due()
    assert await due() == [running.id]
    await leases.finish_all([running])
    assert await claim(later) is not None


async def test_what_waited_for_a_key_is_told_of_as_soon_as_it_is_free(performer: Performer) -> None:
    first = await enqueue(note, number=1, key="note")
    await performer.perform(first)
    second = await enqueue(note, number=2, key="note")
    await performer.perform(second)
    assert done == [1]
    queue.pusher.forget()
    await performer.flush()
    assert [entry.id for entry in queue.pusher._waiting["usual"]] == [second]
    await performer.perform(second)
    assert done == [1, 2]


async def test_the_database_itself_refuses_two_hands_under_one_key(database: Engine) -> None:
    await claim(await enqueue(note, number=1, key="note"))
    await enqueue(note, number=2, key="note")
    with pytest.raises(asyncpg.UniqueViolationError, match="outbox_running_key"):
        await DB.fetch("UPDATE outbox SET lease_until = now()")


async def test_once_in_ten_minutes_also_when_it_is_done(performer: Performer) -> None:
    entry = await enqueue(note, number=1, key="greet:7", once_in=600)
    await performer.perform(entry)
    await performer.flush()
    assert await enqueue(note, number=1, key="greet:7", once_in=600) is None
    assert await enqueue(note, number=1, key="greet:8", once_in=600) is not None
    await DB.fetch("UPDATE job_keys SET until = now() WHERE key = 'greet:7'")
    assert await enqueue(note, number=1, key="greet:7", once_in=600) is not None


async def test_a_key_of_a_change_that_failed_keeps_nobody_out(database: Engine) -> None:
    with suppress(ZeroDivisionError):
        async with transaction() as change:
            await change.enqueue(note, key="greet:7", once_in=600, number=1)
            raise ZeroDivisionError
    assert await enqueue(note, number=1, key="greet:7", once_in=600) is not None


async def test_old_keys_are_forgotten(database: Engine) -> None:
    await enqueue(note, number=1, key="greet:7", once_in=600)
    await enqueue(note, number=1, key="greet:8", once_in=600)
    await DB.fetch("UPDATE job_keys SET until = now() WHERE key = 'greet:7'")
    await outbox.forget_old_keys()
    assert [row["key"] for row in await DB.fetch("SELECT key FROM job_keys")] == ["greet:8"]


async def test_a_job_goes_to_the_queue_that_its_urgency_says(database: Engine) -> None:
    for job in (note, note_at_once, note_sometime):
        await enqueue(job, number=1)
    rows = await DB.fetch("SELECT job, queue FROM outbox ORDER BY id")
    assert [tuple(row) for row in rows] == [
        ("note", "usual"), ("note_at_once", "urgent"), ("note_sometime", "slow"),
    ]  # fmt: skip


async def test_thousands_that_are_slow_do_not_hide_one_that_is_urgent(database: Engine) -> None:
    await DB.fetch("INSERT INTO outbox (job, queue, run_at) SELECT 'note_sometime', 'slow', now() - interval '1 hour' "
                   "FROM generate_series(1, 2000)")  # fmt: skip
    entry = await enqueue(note_at_once, number=1)
    assert [one.id for one in await leases.due("urgent", relay.BATCH)] == [entry]


async def test_urgent_ones_are_handed_over_first(database: Engine) -> None:
    pusher, sent = queue.Pusher(), []
    async with transaction() as change:
        for job in (note_sometime, note, note_at_once):
            await change.enqueue(job, number=1)
    pusher.push(change.jobs)
    queues = queue.open_queues()
    try:
        while not pusher.idle:
            sizes = {name: await one.count("queued") for name, one in queues.items()}
            await pusher._send(queues)
            sent += [name for name, one in queues.items() if await one.count("queued") > sizes[name]]
    finally:
        await queue.close(queues)
    assert sent == ["urgent", "usual", "slow"]


async def test_all_that_a_flushed_redis_lost_is_told_again_without_a_pause(database: Engine) -> None:
    await DB.fetch("INSERT INTO outbox (job) SELECT 'note' FROM generate_series(1, 700)")
    queues = queue.open_queues()
    try:
        await queues["usual"].redis.flushdb()
        assert await relay.sweep(queues), "there is more"
        told = await queues["usual"].count("queued")
        assert told >= relay.BATCH / queue.SHARE["usual"]
        assert not await relay.sweep(queues), "but not while so many wait there"
        assert await queues["usual"].count("queued") == told
    finally:
        await queue.close(queues)


def test_neighbours_go_in_one_message_and_long_jobs_alone() -> None:
    entries = [outbox.Entry(number, 0, "note", {}) for number in (23, 7, 21, 9)]
    assert [[one.id for one in some] for some in queue.shares("usual", entries)] == [[7, 9], [21, 23]]
    assert [[one.id for one in some] for some in queue.shares("slow", entries)] == [[7], [9], [21], [23]]
