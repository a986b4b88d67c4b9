"""Rules of LIVE.md, section 3, that are not about one comment: time, pruning, patience."""

import asyncio

import asyncpg
import pytest

from app.database.engine import DB, Engine
from app.live import log
from app.live.hub import Hub
from tests.live.listening import subscribed
from tests.saying import KIND, prune, say_silently

LATE = """
WITH channel AS (UPDATE channels SET seq = seq + 1 WHERE name = $1 RETURNING seq)
INSERT INTO events (channel, seq, kind, subject, data, created_at)
SELECT $1, seq, $2, 'post:1', '{}', now() + make_interval(days => $3) FROM channel
"""
SUMS = """
SELECT (SELECT count(*) FROM events WHERE channel = $1) + floor AS counted, seq,
    (SELECT max(seq) FROM events WHERE channel = $1) AS last
FROM channels WHERE name = $1
"""


async def test_3_3_times_never_decide_what_is_seen(hub: Hub, channel: str) -> None:
    """Clocks jump; only `seq` and the transaction's number count."""
    reader, _ = await subscribed(hub, channel)
    for days in (3, -400, 0):
        await DB.fetch(LATE, channel, KIND, days)
    await reader.hears([1, 2, 3], patience=4)
    history = await log.read(channel, 0, 10)
    assert history is not None
    assert [item.seq for item in history.items] == [1, 2, 3]


async def test_3_7_pruning_takes_a_beginning_and_the_sums_stay_right(channel: str) -> None:
    for floor in (0, 1, 7):
        await say_silently(channel, 5)
        await prune(channel, floor)
        sums = (await DB.fetch(SUMS, channel))[0]
        assert sums["counted"] == sums["seq"] == sums["last"]


async def test_3_7_everything_may_be_pruned(hub: Hub, channel: str) -> None:
    last = await say_silently(channel, 5)
    await prune(channel, last)
    reader, _ = await subscribed(hub, channel, after=last)
    assert reader.frames[0]["recovered"] is True
    await say_silently(channel, 1)
    await reader.hears([last + 1])


async def test_3_10_a_transaction_that_is_left_idle_is_ended(database: Engine) -> None:
    rows = await database.fetch("SHOW idle_in_transaction_session_timeout")
    assert rows[0][0] == "10s"


async def test_3_10_and_its_connection_is_replaced(database: Engine) -> None:
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)):  # noqa: PT012
        async with database.transaction():
            await database.fetch("SET LOCAL idle_in_transaction_session_timeout = 50")
            await asyncio.sleep(0.3)
            await database.fetch("SELECT 1")
    assert (await database.fetch("SELECT 1"))[0][0] == 1
