"""Jobs that only tests have, and what is done with them."""

import asyncio
from typing import Any

from app.database.engine import DB
from app.database.transaction import Change, transaction
from app.jobs import leases
from app.jobs.performer import aside, in_change
from app.jobs.urgency import slow, urgent
from app.web.errors import NotFound

done: list[int] = []


async def note(*, number: int) -> None:
    done.append(number)


@urgent
async def note_at_once(*, number: int) -> None:
    done.append(number)


@slow
async def note_sometime(*, number: int) -> None:
    done.append(number)


async def break_down(*, number: int) -> None:
    raise RuntimeError(f"Number {number} does not work.")


async def miss(*, number: int) -> None:
    raise NotFound


async def dawdle(*, number: int) -> None:
    done.append(number)
    await asyncio.Event().wait()


async def open_room(change: Change, *, name: str) -> None:
    await DB.fetch("INSERT INTO channels (name) VALUES ($1)", name)


async def open_room_badly(change: Change, *, name: str) -> None:
    await DB.fetch("INSERT INTO channels (name) VALUES ($1)", name)
    raise RuntimeError("The light went out.")


async def open_room_for_nobody(change: Change, *, name: str) -> None:
    await DB.fetch("INSERT INTO channels (name) VALUES ($1)", name)
    raise NotFound


async def pass_on(change: Change, *, number: int) -> None:
    await change.enqueue(note, number=number)


JOBS = {
    **aside(note, note_at_once, note_sometime, break_down, miss),
    **in_change(open_room, open_room_badly, open_room_for_nobody, pass_on),
    **aside(dawdle, seconds=0.05),
}


async def enqueue(job: Any, **payload: Any) -> Any:
    """The id of its row; None when one that waits was enough."""
    async with transaction() as change:
        await change.enqueue(job, **payload)
    return change.jobs[0].id if change.jobs else None


async def claim(entry_id: int) -> Any:
    claimed = await leases.claim([entry_id])
    return claimed[0] if claimed else None


async def due() -> list[int]:
    """Those of the usual queue that could be claimed now."""
    return [entry.id for entry in await leases.due("usual", 10)]


async def row(entry_id: int) -> Any:
    rows = await DB.fetch("SELECT *, run_at - now() AS pause FROM outbox WHERE id = $1", entry_id)
    return rows[0] if rows else None


async def count() -> int:
    found: int = (await DB.fetch("SELECT count(*) FROM outbox"))[0][0]
    return found


async def make_due() -> None:
    """The clock moves on."""
    await DB.fetch(
        """UPDATE outbox SET run_at = now() - interval '1 ms',
        lease_until = CASE WHEN lease_until IS NOT NULL THEN now() - interval '1 ms' END"""
    )
