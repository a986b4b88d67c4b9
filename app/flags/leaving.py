"""What becomes of the flags of a member who leaves, and of those about them.

What they reported stays to be decided on, by nobody; what they decided stays decided. Of themself there is
nothing left to decide.
"""

from typing import Any

from app.database.engine import DB
from app.database.transaction import Change, retried, transaction
from app.flags import queries
from app.flags.events import FlagResolved
from app.live import channels, log

_LOCK = """
SELECT id, status, member FROM flags WHERE reporter = $1 OR resolver = $1 OR member = $1
ORDER BY id LIMIT $2 FOR UPDATE
"""
_FORGET = """
UPDATE flags SET reporter = nullif(reporter, $1), resolver = nullif(resolver, $1) WHERE id = ANY($2::bigint[])
"""
_DISMISS = """
UPDATE flags SET status = 'dismissed', resolved_at = clock_timestamp() WHERE id = ANY($1::bigint[])
"""
_DROP = "DELETE FROM flags WHERE member = $1 AND id = ANY($2::bigint[])"


@retried
async def let_go(user_id: int, limit: int) -> int:
    """Take the member out of this many flags; how many there were to do."""
    async with transaction() as change:
        rows = await DB.fetch(_LOCK, user_id, limit)
        ids = [row["id"] for row in rows]
        # Before anything is told of them once more.
        await log.blank(channels.MODERATION, [f"flag:{flag_id}" for flag_id in ids])
        await DB.fetch(_FORGET, user_id, ids)
        await _dismiss(change, [row["id"] for row in rows if _is_about(row, user_id)])
        await DB.fetch(_DROP, user_id, ids)
    return len(rows)


def _is_about(row: Any, user_id: int) -> bool:
    return bool(row["status"] == "open" and row["member"] == user_id)


async def _dismiss(change: Change, ids: list[int]) -> None:
    """So that no moderator's page waits for a decision on somebody who is gone."""
    if ids:
        await change.advance(channels.MODERATION, by=len(ids))
        await DB.fetch(_DISMISS, ids)
        await change.record_all(FlagResolved(flag) for flag in await queries.read_flags(ids))
