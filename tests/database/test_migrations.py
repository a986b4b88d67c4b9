"""Migrations: one runner at a time, all or nothing, and there and back again."""

import asyncio
import sys
from collections.abc import AsyncIterator

import asyncpg
import pytest

from app.settings import child_environment
from tests.serving import ROOT
from tests.throwaway import throwaway_database

SCHEMA = """
SELECT 'column', table_name || '.' || column_name, concat_ws(' ', data_type, character_maximum_length,
    datetime_precision, is_nullable, column_default, is_identity) FROM information_schema.columns
    WHERE table_schema = 'public'
UNION ALL SELECT 'constraint', conrelid::regclass || '.' || conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT 'function', proname, pg_get_functiondef(oid) FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace
UNION ALL SELECT 'trigger', tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
ORDER BY 1, 2, 3
"""
OURS = "users"


@pytest.fixture
async def url() -> AsyncIterator[str]:
    async with throwaway_database() as fresh:
        yield fresh


async def test_two_runners_at_once_both_succeed(url: str) -> None:
    assert OURS not in await tables(url)
    codes = list(await asyncio.gather(run(url, "migrate"), run(url, "migrate")))
    assert codes == [0, 0]
    assert OURS in await tables(url)


async def test_forwards_backwards_forwards_gives_the_same_schema(url: str) -> None:
    assert await run(url, "migrate") == 0
    first = await schema(url)
    assert len([line for line in first if line[0] == "column"]) > 50
    assert await run(url, "revert") == 0
    assert await tables(url) <= {"migration"}
    assert await run(url, "migrate") == 0
    assert await schema(url) == first


async def test_a_migration_that_fails_leaves_nothing_and_the_next_one_succeeds(url: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute("CREATE TABLE posts ()")
    assert await run(url, "migrate") != 0
    assert OURS not in await tables(url)
    await connection.execute("DROP TABLE posts")
    await connection.close()
    assert await run(url, "migrate") == 0
    assert OURS in await tables(url)


async def test_what_was_applied_is_recorded_in_the_same_transaction(url: str) -> None:
    """Killed between the two, the next start would make the tables a second time, and fail for ever."""
    await run(url, "migrate")
    await run(url, "revert")
    connection = await asyncpg.connect(url)
    await connection.execute("ALTER TABLE migration ADD CONSTRAINT refused CHECK (name NOT LIKE '%00:02%')")
    assert await run(url, "migrate") != 0
    assert "events" not in await tables(url)
    await connection.execute("ALTER TABLE migration DROP CONSTRAINT refused")
    await connection.close()
    assert await run(url, "migrate") == 0


async def run(url: str, verb: str) -> int:
    code = f"import asyncio; from app.database import migrations; asyncio.run(migrations.{verb}())"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, cwd=ROOT, env=child_environment(database_url=url),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    await process.communicate()
    return process.returncode or 0


async def schema(url: str) -> list[tuple[str, ...]]:
    connection = await asyncpg.connect(url)
    try:
        return [tuple(row) for row in await connection.fetch(SCHEMA)]
    finally:
        await connection.close()


async def tables(url: str) -> set[str]:
    return {name.split(".")[0] for kind, name, _ in await schema(url) if kind == "column"}
