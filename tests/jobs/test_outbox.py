"""The outbox: a job is done at least once, tried again when it fails, and never forgotten."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import pytest

from app.database.engine import DB, Engine
from app.database.transaction import transaction
from app.jobs import outbox, relay
from app.jobs.queue import open_queue

done: list[int] = []


async def note(number: int) -> None:
    done.append(number)


async def stumble(number: int) -> None:
    raise ValueError(f"not {number}")


JOBS: relay.Jobs = {"note": note, "stumble": stumble}


@pytest.fixture(autouse=True)
def forget() -> None:
    done.clear()


async def enqueue(job: Callable[..., Awaitable[None]], key: str | None = None, number: int = 1) -> int:
    async with transaction() as change:
        await change.enqueue(job, key=key, number=number)
    newest: int = (await DB.fetch("SELECT max(id) FROM outbox"))[0][0]
    return newest


async def row(entry: int) -> asyncpg.Record | None:
    rows = await DB.fetch(
        "SELECT *, run_at > now() AS later, lease_until > now() AS leased FROM outbox WHERE id = $1", entry
    )
    return rows[0] if rows else None


async def make_due(entry: int) -> None:
    await DB.fetch(
        "UPDATE outbox SET run_at = now() - interval '1 s', lease_until = lease_until - interval '1 day' WHERE id = $1",
        entry,
    )


async def ids() -> list[int]:
    return [record["id"] for record in await DB.fetch("SELECT id FROM outbox ORDER BY id")]


async def test_a_job_that_is_done_is_gone(database: Engine) -> None:
    entry = await enqueue(note)
    assert await row(entry)
    await relay.perform(JOBS, entry)
    assert done == [1]
    assert await row(entry) is None


async def test_a_repeat_does_nothing(database: Engine) -> None:
    entry = await enqueue(note)
    await asyncio.gather(*(relay.perform(JOBS, entry) for _ in range(5)))
    await relay.perform(JOBS, entry)
    assert done == [1]


async def test_a_job_that_fails_is_tried_again_later(database: Engine) -> None:
    entry = await enqueue(stumble)
    await relay.perform(JOBS, entry)
    failed = await row(entry)
    assert failed is not None
    assert (failed["tries"], failed["error"], failed["dead_at"]) == (1, "ValueError: not 1", None)
    assert failed["later"]
    assert await outbox.claim(entry) is None
    assert await outbox.due(10) == []
    await make_due(entry)
    assert [found.id for found in await outbox.due(10)] == [entry]
    assert await outbox.claim(entry) is not None


async def test_each_wait_is_longer_than_the_one_before(database: Engine) -> None:
    entry = await enqueue(stumble)
    sql = "SELECT extract(epoch FROM run_at - now()) FROM outbox WHERE id = $1"
    waits = []
    for _ in range(6):
        await relay.perform(JOBS, entry)
        waits.append(float((await DB.fetch(sql, entry))[0][0]))
        await make_due(entry)
    assert waits[0] >= 4.9
    assert waits[5] > 4 * waits[0]


async def test_after_the_last_try_it_is_a_dead_letter(database: Engine) -> None:
    entry = await enqueue(stumble)
    for _ in range(outbox.MAX_TRIES):
        failed = await row(entry)
        assert failed is not None
        assert failed["dead_at"] is None
        await make_due(entry)
        await relay.perform(JOBS, entry)
    dead = await row(entry)
    assert dead is not None
    assert dead["dead_at"] is not None
    await make_due(entry)
    assert await outbox.due(10) == []
    assert await outbox.claim(entry) is None


async def test_a_job_that_kills_its_worker_is_not_tried_for_ever(database: Engine) -> None:
    entry = await enqueue(note)
    for _ in range(outbox.MAX_TRIES):
        assert await outbox.claim(entry) is not None, "the worker takes it and dies"
        await make_due(entry)
    queue = open_queue()
    await relay.sweep(queue)
    await queue.disconnect()
    dead = await row(entry)
    assert dead is not None
    assert dead["dead_at"] is not None
    assert "never came back" in dead["error"]


async def test_a_job_in_other_hands_is_left_there_until_its_lease_ends(database: Engine) -> None:
    entry = await enqueue(note)
    assert await outbox.claim(entry) is not None
    assert await outbox.claim(entry) is None
    assert await outbox.due(10) == []
    await make_due(entry)
    assert await outbox.claim(entry) is not None


async def test_a_job_of_an_unknown_name_is_kept(database: Engine) -> None:
    entry = await enqueue(note)
    await relay.perform({}, entry)
    kept = await row(entry)
    assert kept is not None
    assert kept["error"].startswith("KeyError")


async def test_one_job_waits_under_a_key(database: Engine) -> None:
    for number in range(3):
        await enqueue(note, key="same", number=number)
    await enqueue(note, key="other")
    await enqueue(note)
    await enqueue(note)
    assert len(await ids()) == 4


async def test_a_change_while_the_job_runs_gets_a_job_of_its_own(database: Engine) -> None:
    first = await enqueue(note, key="same")
    assert await outbox.claim(first)
    second = await enqueue(note, key="same")
    assert await ids() == [first, second]


async def test_a_job_that_failed_makes_room_for_a_newer_one_of_its_key(database: Engine) -> None:
    """The failure is noted even when another waits under the key, which is one at a time."""
    first = await enqueue(stumble, key="same")
    assert await outbox.claim(first)
    second = await enqueue(stumble, key="same")
    await outbox.fail(first, "too bad")
    failed = await row(first)
    assert failed is not None
    assert (failed["error"], failed["tries"]) == ("too bad", 1)
    assert await ids() == [first, second]


async def test_a_job_that_waits_is_not_claimed_before_a_change_that_counts_on_it_is_committed(
    database: Engine,
) -> None:
    """Else the job would read what was there before the change, and nothing would run after it."""
    entry = await enqueue(note, key="same")
    async with transaction() as change:
        await change.enqueue(note, key="same", number=2)
        claim = asyncio.create_task(_claim_apart(entry))
        await _someone_waits_for_a_lock()
        assert not claim.done()
    assert (await claim) is not None
    assert await ids() == [entry]


async def _claim_apart(entry: int) -> outbox.Entry | None:
    DB.current_transaction.set(None)
    return await outbox.claim(entry)


async def _someone_waits_for_a_lock() -> None:
    async def look() -> Any:
        DB.current_transaction.set(None)
        return (await DB.fetch("SELECT count(*) FROM pg_locks WHERE NOT granted"))[0][0]

    for _ in range(200):
        if await asyncio.create_task(look()):
            return
        await asyncio.sleep(0.02)
    raise AssertionError("Nobody waits.")
