"""`hubbub jobs dead`, `retry` and `drop`: what was given up, its second chance, and its end."""

from collections.abc import Awaitable, Callable, Sequence

from app.database.engine import DB
from app.database.transaction import transaction
from app.jobs import services
from app.jobs.queries import list_dead
from app.times import iso


async def show_dead() -> int:
    """One line for each; an exit status of 1 when there are some."""
    await DB.start(size=2)
    try:
        dead = await list_dead()
    finally:
        await DB.stop()
    for row in dead:
        _say(f"{row['id']}  {iso(row['dead_at'])}  {row['job']}, tried {row['tries']} times: {row['error']}")
    return 1 if dead else 0


async def retry_dead() -> int:
    """The worker takes them from here within a second or two."""
    _say(f"{await _with_all(services.retry)} to be tried again.")
    return 0


async def drop_dead() -> int:
    """They are gone for good."""
    _say(f"{await _with_all(services.drop)} dropped.")
    return 0


async def _with_all(do: Callable[[Sequence[int]], Awaitable[None]]) -> int:
    count = 0
    await DB.start(size=2)
    try:
        while some := await _with_some(do):
            count += some
    finally:
        await DB.stop()
    return count


async def _with_some(do: Callable[[Sequence[int]], Awaitable[None]]) -> int:
    async with transaction():
        dead = [row["id"] for row in await services.lock_dead()]
        await do(dead)
    return len(dead)


def _say(line: str) -> None:
    print(line)  # noqa: T201  # this is a terminal's program
