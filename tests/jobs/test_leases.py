"""Claims: one hand at a time, and each try later than the last."""

import asyncio

import pytest

from app.database.engine import DB, Engine
from app.database.transaction import transaction
from app.jobs import leases, services
from app.jobs.claims import Claims
from app.jobs.performer import Performer
from app.jobs.queries import list_dead
from tests.counting import counting
from tests.jobs.examples import (
    break_down,
    claim,
    due,
    enqueue,
    make_due,
    note,
    open_room,
    row,
)
from tests.waiting import eventually


async def test_a_change_job_whose_lease_another_took_over_changes_nothing(performer: Performer) -> None:
    entry = await enqueue(open_room, name="post:1")
    slow = await claim(entry)
    await make_due()
    assert slow is not None
    assert await claim(entry) is not None
    with pytest.raises(leases.LeaseLost):
        async with transaction():
            await leases.finish(slow)
    await leases.fail(slow, "too late to say so")
    await leases.hand_back([slow])
    assert (await row(entry))["error"] is None
    assert await claim(entry) is None


async def test_a_failure_is_kept_and_tried_again_later_each_time_later(performer: Performer) -> None:
    entry = await enqueue(break_down, number=7)
    pauses = []
    for tries in range(1, leases.MAX_TRIES):
        await performer.perform(entry)
        kept = await row(entry)
        assert (kept["tries"], kept["error"]) == (tries, "RuntimeError: Number 7 does not work.")
        assert kept["dead_at"] is None
        await performer.perform(entry)
        assert (await row(entry))["tries"] == tries, "not before its time"
        pauses.append(kept["pause"].total_seconds() / (leases.BACKOFF_SECONDS * 2**tries))
        await make_due()
    assert len(pauses) >= 5
    assert all(0.3 <= pause <= 1.5 for pause in pauses), "half to one and a half, less what this took"
    assert len({round(pause, 3) for pause in pauses}) > 1, "with jitter"


async def test_after_the_last_try_it_is_a_dead_letter_that_can_be_revived(performer: Performer) -> None:
    entry = await enqueue(break_down, number=7, key="the one")
    for _ in range(leases.MAX_TRIES):
        await performer.perform(entry)
        await make_due()
    assert (await row(entry))["dead_at"] is not None
    assert await leases.due("usual", 10) == []
    assert [dead["id"] for dead in await list_dead()] == [entry]
    # Its key does not keep later ones out, and theirs not it.
    assert await enqueue(break_down, number=8, key="the one") is not None
    await services.retry([entry])
    assert (await row(entry))["tries"] == 0
    assert entry in await due()


async def test_a_job_that_kills_its_worker_is_not_tried_for_ever(database: Engine) -> None:
    entry = await enqueue(note, number=1)
    for _ in range(leases.MAX_TRIES):
        assert await claim(entry) is not None
        await make_due()
    assert await claim(entry) is None
    assert [dead["id"] for dead in await leases.bury()] == [entry]
    assert (await row(entry))["error"] == "The worker ended during the last try."


async def test_a_lease_is_kept_while_the_job_runs(performer: Performer) -> None:
    entry = await enqueue(note, number=1)
    running = await claim(entry)
    assert running is not None
    before = (await row(entry))["lease_until"]
    await leases.renew([running])
    assert (await row(entry))["lease_until"] > before


async def test_what_is_asked_for_at_once_is_claimed_at_once(database: Engine) -> None:
    entries = [await enqueue(note, number=number) for number in range(8)]
    claims = Claims()
    with counting() as statements:
        claimed = await asyncio.gather(*(claims.take(entry) for entry in [*entries, entries[0]]))
    assert [entry and entry.id for entry in claimed] == [*entries, None]
    assert len(statements) == 1


async def test_a_claim_whose_asker_was_stopped_meanwhile_goes_back(database: Engine) -> None:
    entry, other = await enqueue(note, number=1), await enqueue(note, number=2)
    claims = Claims()
    asking = [asyncio.create_task(claims.take(one)) for one in (entry, other)]
    await asyncio.sleep(0)
    asking[0].cancel()
    assert await asking[1] is not None
    await asyncio.gather(asking[0], return_exceptions=True)

    async def is_due() -> bool:
        return await due() == [entry]

    await eventually(is_due, "it was handed back")


async def test_a_claim_that_fails_fails_for_all_who_asked(database: Engine) -> None:
    claims = Claims()
    await DB.fetch("ALTER TABLE outbox RENAME TO elsewhere")
    try:
        answers = await asyncio.gather(*(claims.take(n) for n in (1, 2)), return_exceptions=True)
    finally:
        await DB.fetch("ALTER TABLE elsewhere RENAME TO outbox")
    assert [type(answer).__name__ for answer in answers] == ["UndefinedTableError"] * 2
    assert await claims.take(await enqueue(note, number=1)) is not None
