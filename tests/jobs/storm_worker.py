"""A real worker that has two jobs more, whose effects can be counted: `python -m tests.jobs.storm_worker FILE`."""

import asyncio
import os
import sys

from app import worker
from app.database.engine import DB
from app.database.transaction import Change
from app.jobs.performer import aside, in_change
from app.jobs.urgency import slow
from app.telemetry import logs


async def tally_in_change(change: Change, *, number: int) -> None:
    """Once, as the row and the end of the job are one commit."""
    await DB.fetch("INSERT INTO storm (number) VALUES ($1)", number)


async def tally_aside(*, number: int) -> None:
    """At least once, as a mail is."""
    # One write of a short line is whole, whoever else writes.
    file = os.open(sys.argv[1], os.O_WRONLY | os.O_APPEND)
    os.write(file, f"{number}\n".encode())
    os.close(file)


@slow
async def sit(*, number: int) -> None:
    """As long as anybody likes."""
    await asyncio.Event().wait()


JOBS = {**worker.JOBS, **in_change(tally_in_change), **aside(tally_aside, sit)}


def main() -> None:
    logs.configure()
    asyncio.run(worker.main(JOBS))


if __name__ == "__main__":
    main()
