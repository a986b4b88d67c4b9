"""The outbox: what is committed is done, once while all goes well, again and again while it does not."""

import asyncio
from typing import Any

import asyncpg
import pytest

from app.database.engine import DB, Engine
from app.database.transaction import Change, transaction
from app.jobs import outbox, relay
from app.jobs.performer import Performer, aside, in_change
from tests.waiting import eventually

done: list[int] = []


async def note(*, number: int) -> None:
    done.append(number)


async def break_down(*, number: int) -> None:
    raise RuntimeError(f"Number {number} does not work.")


async def open_room(change: Change, *, name: str) -> None:
    await DB.fetch("INSERT INTO channels (name) VALUES ($1)", name)


async def open_room_badly(change: Change, *, name: str) -> None:
    await DB.fetch("INSERT INTO channels (name) VALUES ($1)", name)
    raise RuntimeError("The light went out.")


async def dawdle(*, number: int) -> None:
    done.append(number)
    await asyncio.Event().wait()


JOBS = {**aside(note, break_down), **in_change(open_room, open_room_badly), **aside(dawdle, seconds=0.05)}


@pytest.fixture
def performer(database: Engine) -> Performer:
    done.clear()
    return Performer(JOBS)


async def enqueue(job: Any, **payload: Any) -> Any:
    """The id of its row; None when one that waits was enough."""
    async with transaction() as change:
        await change.enqueue(job, **payload)
    return change.jobs[0].id if change.jobs else None


async def row(entry_id: int) -> Any:
    rows = await DB.fetch("SELECT *, run_at - now() AS pause FROM outbox WHERE id = $1", entry_id)
    return rows[0] if rows else None


async def count() -> int:
    found: int = (await DB.fetch("SELECT count(*) FROM outbox"))[0][0]
    return found


async def make_due() -> None:
    """The clock moves on."""
    await DB.fetch("UPDATE outbox SET run_at = now() - interval '1 ms', lease_until = now() - interval '1 ms' "
                   "WHERE lease_until IS NOT NULL")  # fmt: skip
    await DB.fetch("UPDATE outbox SET run_at = now() - interval '1 ms' WHERE lease_until IS NULL")


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


async def test_a_change_job_whose_lease_another_took_over_changes_nothing(performer: Performer) -> None:
    entry = await enqueue(open_room, name="post:1")
    slow = await outbox.claim(entry)
    await make_due()
    assert slow is not None
    assert await outbox.claim(entry) is not None
    with pytest.raises(outbox.LeaseLost):
        async with transaction():
            await outbox.finish(slow)
    await outbox.fail(slow, "too late to say so")
    await outbox.hand_back([slow])
    assert (await row(entry))["error"] is None
    assert await outbox.claim(entry) is None


async def test_a_failure_is_kept_and_tried_again_later_each_time_later(performer: Performer) -> None:
    entry = await enqueue(break_down, number=7)
    pauses = []
    for tries in range(1, outbox.MAX_TRIES):
        await performer.perform(entry)
        kept = await row(entry)
        assert (kept["tries"], kept["error"]) == (tries, "RuntimeError: Number 7 does not work.")
        assert kept["dead_at"] is None
        await performer.perform(entry)
        assert (await row(entry))["tries"] == tries, "not before its time"
        pauses.append(kept["pause"].total_seconds() / (outbox.BACKOFF_SECONDS * 2**tries))
        await make_due()
    assert len(pauses) >= 5
    assert all(0.45 <= pause <= 1.55 for pause in pauses)
    assert len({round(pause, 3) for pause in pauses}) > 1, "with jitter"


async def test_after_the_last_try_it_is_a_dead_letter_that_can_be_revived(performer: Performer) -> None:
    entry = await enqueue(break_down, number=7, key="the one")
    for _ in range(outbox.MAX_TRIES):
        await performer.perform(entry)
        await make_due()
    assert (await row(entry))["dead_at"] is not None
    assert await outbox.due(10) == []
    assert [dead["id"] for dead in await outbox.list_dead()] == [entry]
    # Its key does not keep later ones out, and theirs not it.
    assert await enqueue(break_down, number=8, key="the one") is not None
    assert await outbox.revive_dead() == 1
    assert (await row(entry))["tries"] == 0
    assert entry in [one.id for one in await outbox.due(10)]


async def test_a_job_that_kills_its_worker_is_not_tried_for_ever(database: Engine) -> None:
    entry = await enqueue(note, number=1)
    for _ in range(outbox.MAX_TRIES):
        assert await outbox.claim(entry) is not None
        await make_due()
    assert await outbox.claim(entry) is None
    assert [dead["id"] for dead in await outbox.bury()] == [entry]
    assert (await row(entry))["error"] == "The worker ended during the last try."


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


async def test_one_that_waits_under_a_key_is_enough(database: Engine) -> None:
    assert await enqueue(note, number=1, key="note") is not None
    assert await enqueue(note, number=1, key="note") is None
    assert await enqueue(note, number=1, key="another") is not None
    assert await enqueue(note, number=1) is not None
    assert await enqueue(note, number=1) is not None
    assert await count() == 4


async def test_what_arrives_while_a_job_runs_is_done_after_it(database: Engine) -> None:
    entry = await enqueue(note, number=1, key="note")
    running = await outbox.claim(entry)
    later = await enqueue(note, number=1, key="note")
    assert later is not None
    assert running is not None
    await outbox.finish_all([running])
    assert [one.id for one in await outbox.due(10)] == [later]


async def test_a_change_that_is_not_committed_holds_the_job_that_must_see_it(database: Engine) -> None:
    """A claim between our `enqueue` and our commit would count without us, and nobody would count again."""
    entry = await enqueue(note, number=1, key="note")
    other = await asyncpg.connect(database.config["dsn"])
    try:
        change = other.transaction()
        await change.start()
        assert await other.fetch(outbox._ADD, "note", "{}", "note", 0.0) == []
        claiming = asyncio.create_task(outbox.claim(entry))
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
    failing = await outbox.claim(entry)
    heir = await enqueue(break_down, number=1, key="note")
    assert failing is not None
    await outbox.fail(failing, "no luck")
    assert await row(entry) is None
    left = await row(heir)
    assert (left["tries"], left["error"]) == (1, "no luck")
    assert left["pause"].total_seconds() > 1


async def test_what_is_handed_back_is_due_at_once(performer: Performer) -> None:
    entry = await enqueue(dawdle, number=1)
    slow = Performer({**aside(dawdle)})
    running = asyncio.create_task(slow.perform(entry))
    await eventually(lambda: done, "it runs")
    assert await outbox.due(10) == []
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert [one.id for one in await outbox.due(10)] == [entry]


async def test_who_stops_begins_nothing_new(performer: Performer) -> None:
    entry = await enqueue(note, number=1)
    await performer.drain(1)
    await performer.perform(entry)
    assert done == []
    assert [one.id for one in await outbox.due(10)] == [entry]


async def test_a_lease_is_kept_while_the_job_runs(performer: Performer) -> None:
    entry = await enqueue(note, number=1)
    running = await outbox.claim(entry)
    assert running is not None
    before = (await row(entry))["lease_until"]
    await outbox.renew([running])
    assert (await row(entry))["lease_until"] > before


async def test_a_delayed_job_is_only_swept(database: Engine) -> None:
    async with transaction() as change:
        await change.enqueue(note, delay=60, number=1)
    assert change.jobs == []
    assert await outbox.due(10) == []
    await make_due()
    assert len(await outbox.due(10)) == 1
    assert relay.SWEEP_SECONDS <= 2
