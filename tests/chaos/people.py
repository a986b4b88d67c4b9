"""Who takes part: members who write, moderators, some who will be signed out; and the threads they meet in.

A process of its own, as the application reads its settings when it is imported: python -m tests.chaos.people READERS
"""

import asyncio
import sys

import msgspec

from app.database.engine import DB
from app.database.migrations import migrate
from tests.cast import enter
from tests.chaos.scene import Guests, Person
from tests.writers import open_thread

THREADS, WRITERS, MODERATORS = 5, 12, 4
LEAVERS_IN = 20


async def invite(readers: int) -> Guests:
    """Make everybody and everything that a run begins with, in an empty database."""
    await migrate()
    await DB.start(size=4)
    try:
        writers = [await enter(f"writer_{number}") for number in range(WRITERS)]
        moderators = [await enter(f"moderator_{number}", "moderator") for number in range(MODERATORS)]
        leavers = [await enter(f"leaver_{number}", "moderator") for number in range(readers // LEAVERS_IN)]
        threads = [await open_thread(writers[0], f"Thread {number}") for number in range(THREADS)]
    finally:
        await DB.stop()
    groups = [[Person(m.id, m.username, m.token) for m in group] for group in (writers, moderators, leavers)]
    return Guests(threads, *groups)


if __name__ == "__main__":
    sys.stdout.buffer.write(msgspec.json.encode(asyncio.run(invite(int(sys.argv[1])))))
