"""The engine: no connection is lost, waited for in vain, or opened behind our back."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import msgspec
import pytest
from piccolo.engine.exceptions import TransactionError
from structlog.testing import capture_logs

from app.bundled import postgres
from app.database import engine
from app.database.durability import DurabilityError
from app.database.engine import Engine, PoolExhausted, PoolNotStarted
from app.database.unavailable import UNAVAILABLE
from app.settings import settings
from tests.throwaway import throwaway_database

FRAGILE = """
CREATE TABLE fragile (id int);
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'not this one'; END $$;
CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON fragile
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse();
"""


@pytest.fixture
async def pool_of_one() -> AsyncIterator[Engine]:
    async with throwaway_database() as url:
        small = Engine(url)
        await small.start(size=1)
        yield small
        await small.stop()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    hasty = msgspec.structs.replace(settings, pool_timeout_ms=100, slow_query_ms=50)
    monkeypatch.setattr(engine, "settings", hasty)


async def test_a_failed_commit_gives_its_connection_back(pool_of_one: Engine, impatient: None) -> None:
    async with pool_of_one.transaction():
        await pool_of_one.execute(FRAGILE)
    for _ in range(3):
        with pytest.raises(asyncpg.RaiseError, match="not this one"):
            async with pool_of_one.transaction():
                await pool_of_one.fetch("INSERT INTO fragile VALUES (1)")
        assert (await pool_of_one.fetch("SELECT count(*) FROM fragile"))[0][0] == 0


async def test_a_connection_that_dies_during_commit_is_replaced(pool_of_one: Engine, impatient: None) -> None:
    for _ in range(3):
        with pytest.raises(UNAVAILABLE):  # noqa: PT012  # COMMIT raises, at the end of the block
            async with pool_of_one.transaction() as change:
                pid = await change.connection.fetchval("SELECT pg_backend_pid()")
                await _terminate(pid)
        assert (await pool_of_one.fetch("SELECT 1"))[0][0] == 1


async def test_a_change_cancelled_half_way_gives_its_connection_back(
    pool_of_one: Engine, impatient: None
) -> None:
    async def hang() -> None:
        async with pool_of_one.transaction():
            await pool_of_one.fetch("SELECT pg_sleep(60)")

    task = asyncio.create_task(hang())
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await pool_of_one.fetch("SELECT 1"))[0][0] == 1


async def test_waiting_for_a_connection_ends(pool_of_one: Engine, impatient: None) -> None:
    async with pool_of_one.transaction():
        with pytest.raises(PoolExhausted):
            await asyncio.create_task(_outside(pool_of_one))
    assert (await pool_of_one.fetch("SELECT 1"))[0][0] == 1


async def test_a_server_that_hangs_is_waited_for_only_so_long(pool_of_one: Engine, impatient: None) -> None:
    """As behind a network that lost it: the connection stays open, and nothing ever comes."""
    await pool_of_one.stop()
    await pool_of_one.start(size=1, statement_seconds=0.3)
    pid = (await pool_of_one.fetch("SELECT pg_backend_pid()"))[0][0]
    os.kill(pid, signal.SIGSTOP)
    try:
        with pytest.raises(UNAVAILABLE):
            async with asyncio.timeout(10):
                await pool_of_one.fetch("SELECT 1")
    finally:
        os.kill(pid, signal.SIGCONT)
    assert (await pool_of_one.fetch("SELECT 1"))[0][0] == 1


async def test_without_a_pool_there_is_no_connection() -> None:
    idle = Engine(settings.database_url)
    with pytest.raises(PoolNotStarted):
        await idle.fetch("SELECT 1")
    with pytest.raises(PoolNotStarted):
        await idle.run_ddl("SELECT 1")
    with pytest.raises(PoolNotStarted):
        await idle.transaction().__aenter__()
    with pytest.raises(PoolNotStarted):
        await idle._run_in_new_connection("SELECT 1")


async def test_nested_transactions_are_refused(pool_of_one: Engine) -> None:
    async with pool_of_one.transaction():
        with pytest.raises(TransactionError):
            pool_of_one.transaction()
        with pytest.raises(TransactionError):
            pool_of_one.snapshot()


async def test_a_script_outside_a_transaction_is_refused(pool_of_one: Engine) -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        await pool_of_one.execute("SELECT 1")


async def test_a_snapshot_stands_still(pool_of_one: Engine) -> None:
    await pool_of_one.stop()
    await pool_of_one.start(size=2)
    await pool_of_one.fetch("CREATE TABLE things ()")
    async with pool_of_one.snapshot():
        before = await pool_of_one.fetch("SELECT count(*) FROM things")
        await asyncio.create_task(_outside(pool_of_one, "INSERT INTO things DEFAULT VALUES"))
        assert await pool_of_one.fetch("SELECT count(*) FROM things") == before
    assert await pool_of_one.fetch("SELECT count(*) FROM things") != before


async def test_a_slow_query_is_in_the_log_without_its_values(pool_of_one: Engine, impatient: None) -> None:
    with capture_logs() as logged:
        await pool_of_one.fetch("SELECT 1")
        assert not logged
        await pool_of_one.fetch("SELECT pg_sleep(0.06), $1::text", "somebody's words")
    assert [entry["event"] for entry in logged] == ["slow_query"]
    assert "pg_sleep" in logged[0]["sql"]
    assert "somebody" not in str(logged)


async def test_waiting_for_the_pool_is_no_slow_query(pool_of_one: Engine, impatient: None) -> None:
    with capture_logs() as logged:
        async with pool_of_one.transaction():
            waiting = asyncio.create_task(_outside(pool_of_one))
            await asyncio.sleep(0.07)
        await waiting
    assert not logged


async def test_3_1_postgresql_with_synchronous_commit_off_is_refused() -> None:
    async with throwaway_database() as url:
        connection = await asyncpg.connect(url)
        name = await connection.fetchval("SELECT current_database()")
        await connection.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
        await connection.close()
        await _refuses(url, "synchronous_commit=off")


async def test_3_1_postgresql_with_fsync_off_is_refused(
    new_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(postgres.OPTIONS, "fsync", "off")
    careless = postgres.start(new_folder)
    try:
        await _refuses(careless.url, "fsync=off")
    finally:
        careless.stop()


async def _refuses(url: str, why: str) -> None:
    refused = Engine(url)
    with pytest.raises(DurabilityError, match=why):
        await refused.start(size=2)
    assert refused.pool is None


async def _outside(pool: Engine, sql: str = "SELECT 1") -> None:
    """Run in a task of its own, which must not be taken for part of the transaction that started it."""
    pool.current_transaction.set(None)
    await pool.fetch(sql)


async def _terminate(pid: int) -> None:
    other = await asyncpg.connect(settings.database_url)
    await other.execute("SELECT pg_terminate_backend($1)", pid)
    await other.close()
