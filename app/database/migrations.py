"""Applies and reverts Piccolo's migrations, one runner at a time."""

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, redirect_stdout

import asyncpg
from piccolo.apps.migrations.commands.backwards import run_backwards
from piccolo.apps.migrations.commands.forwards import run_forwards

from app.database.engine import DB

LOCK = 0x48554242  # any number that no other program on this database takes
APP = "hubbub"


class MigrationError(Exception):
    """A migration did not run; the database is as the last good one left it."""


async def migrate() -> None:
    """Bring the schema up to date; a second runner waits and then finds nothing to do."""
    async with _pool(), _alone(), DB.transaction():
        with redirect_stdout(io.StringIO()):
            result = await run_forwards(app_name=APP)
    if not result.success:
        raise MigrationError(result.message or "A migration failed.")


async def revert(to: str = "all") -> None:
    """Undo migrations, back to and including the one named; `all` empties the database."""
    async with _pool(), _alone(), DB.transaction():
        with redirect_stdout(io.StringIO()):
            await run_backwards(app_name=APP, migration_id=to, auto_agree=True)


@asynccontextmanager
async def _pool() -> AsyncIterator[None]:
    if DB.pool is not None:
        yield
        return
    await DB.start(size=2)
    try:
        yield
    finally:
        await DB.stop()


@asynccontextmanager
async def _alone() -> AsyncIterator[None]:
    # A connection of its own: the lock belongs to it and goes with it, even when we are killed.
    connection = await asyncpg.connect(DB.config["dsn"])
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", LOCK)
        yield
    finally:
        await connection.close()
