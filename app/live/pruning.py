"""Forgets old events: a prefix of each channel's `seq`, and the floor with it (LIVE.md 3.7)."""

from datetime import timedelta

from app.database.engine import DB
from app.database.transaction import transaction

BATCH = 1000

_OLD = """
SELECT DISTINCT channel FROM events JOIN channels ON channels.name = events.channel
WHERE events.created_at < now() - $1::interval AND events.seq < channels.seq
"""
# The newest event stays, however old: it says that the channel stands where `channels` says.
_NEW_FLOOR = """
UPDATE channels SET floor = greatest(floor, least(floor + $3, channels.seq - 1, (
    SELECT min(events.seq) - 1 FROM events
    WHERE channel = $1 AND events.seq > floor AND events.seq <= floor + $3
        AND created_at >= now() - $2::interval
))) WHERE name = $1 RETURNING floor
"""


async def prune(age: timedelta) -> int:
    """Forget what is older than `age`, in batches; how many events went."""
    return sum([await _prune_channel(row["channel"], age) for row in await DB.fetch(_OLD, age)])


async def _prune_channel(channel: str, age: timedelta) -> int:
    gone = 0
    while batch := await _prune_batch(channel, age):
        gone += batch
    return gone


async def _prune_batch(channel: str, age: timedelta) -> int:
    async with transaction():
        # The channel is ours first; what is counted after that cannot move any more.
        await DB.fetch("SELECT FROM channels WHERE name = $1 FOR UPDATE", channel)
        rows = await DB.fetch(_NEW_FLOOR, channel, age, BATCH)
        gone = await DB.fetch(
            "DELETE FROM events WHERE channel = $1 AND seq <= $2 RETURNING seq", channel, rows[0]["floor"]
        )
    return len(gone)
