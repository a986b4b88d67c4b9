"""`hubbub jobs dead` and `hubbub jobs retry`: what was given up, and its second chance."""

from app.database.engine import DB
from app.database.transaction import transaction
from app.jobs import dead_letters
from app.times import iso


async def show_dead() -> int:
    """One line for each; an exit status of 1 when there are some."""
    await DB.start(size=2)
    try:
        dead = await dead_letters.list_dead()
    finally:
        await DB.stop()
    for row in dead:
        _say(f"{row['id']}  {iso(row['dead_at'])}  {row['job']}, tried {row['tries']} times: {row['error']}")
    return 1 if dead else 0


async def retry_dead() -> int:
    """The worker takes them from here within a second or two."""
    await DB.start(size=2)
    try:
        async with transaction():
            revived = await dead_letters.revive_dead()
    finally:
        await DB.stop()
    _say(f"{revived} to be tried again.")
    return 0


def _say(line: str) -> None:
    print(line)  # noqa: T201  # this is a terminal's program
