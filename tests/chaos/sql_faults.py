"""Faults inside PostgreSQL: backends that end, rows and transactions that are held."""

import asyncio
import os
import signal
from contextlib import suppress
from time import monotonic
from typing import Any

import asyncpg

from tests.chaos.plan import Step
from tests.chaos.stage import Stage

AWAY = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, TimeoutError)
# Those that are in the middle of a write first of all.
_TERMINATE = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE application_name = 'hubbub' AND datname = current_database()
    AND (random() < 0.2 OR (state = 'active' AND query ~* 'insert|update|commit'))
"""
_BACKENDS = "SELECT pid FROM pg_stat_activity WHERE application_name = 'hubbub' ORDER BY random() LIMIT 1"


def terminate_backends(stage: Stage, step: Step) -> None:
    stage.side.start(_terminate(stage.postgres.url, step.seconds))


def kill_backend(stage: Stage, step: Step) -> None:
    """kill -9 of one: PostgreSQL ends all others and recovers."""
    stage.side.start(_kill_one(stage.postgres.url))


def hold_row(stage: Stage, step: Step) -> None:
    """A hot channel's row: whoever writes there waits."""
    name = (
        "SELECT FROM channels WHERE name = (SELECT name FROM channels ORDER BY seq DESC LIMIT 1) FOR UPDATE"
    )
    stage.side.start(_hold(stage.postgres.url, name, step.seconds))


def hold_transaction(stage: Stage, step: Step) -> None:
    """An open xid: the horizon of the tips stands still."""
    stage.side.start(_hold(stage.postgres.url, "SELECT pg_current_xact_id()", step.seconds))


def exhaust_pool(stage: Stage, step: Step) -> None:
    """All who touch comments wait, each with a connection, until no connection is left."""
    lock = "LOCK TABLE comments IN ACCESS EXCLUSIVE MODE"
    stage.side.start(_hold(stage.postgres.url, lock, step.seconds))


async def is_master(url: str) -> bool:
    """Whether it is there and through with its recovery."""
    return [row[0] for row in await _run(url, "SELECT pg_is_in_recovery()")] == [False]


async def _terminate(url: str, seconds: float) -> None:
    until = monotonic() + seconds
    while monotonic() < until:
        await _run(url, _TERMINATE)
        await asyncio.sleep(0.1)


async def _kill_one(url: str) -> None:
    for row in await _run(url, _BACKENDS):
        with suppress(ProcessLookupError):
            os.kill(row["pid"], signal.SIGKILL)


async def _hold(url: str, statement: str, seconds: float) -> None:
    with suppress(*AWAY):
        connection = await asyncpg.connect(url, timeout=5)
        try:
            async with connection.transaction():
                # What waits too long for the lock itself has held others up for long enough.
                await connection.execute("SET LOCAL lock_timeout = '3s'")
                await connection.execute(statement)
                await asyncio.sleep(seconds)
        finally:
            connection.terminate()


async def _run(url: str, statement: str) -> list[Any]:
    try:
        connection = await asyncpg.connect(url, timeout=5)
        try:
            return list(await connection.fetch(statement, timeout=5))
        finally:
            connection.terminate()
    except AWAY:
        return []
