"""The verbs of blocks: each of the two is hidden from the other, in every list, thread and page, live as well."""

from app.accounts import queries as accounts
from app.accounts.viewer import Viewer, require_member
from app.database.engine import DB
from app.database.transaction import Change, retried, transaction
from app.follows.events import BlockChanged
from app.follows.schemas import BlockChange
from app.live import channels
from app.notifications.jobs import settle_soon
from app.web.errors import Conflict

MOST = 1000

# Of two who block each other, or take it back, at once, the second sees what the first did.
_LOCK = "SELECT FROM users WHERE id = ANY($1::bigint[]) ORDER BY id FOR NO KEY UPDATE"
_BLOCK = 'INSERT INTO blocks ("user", member) VALUES ($1, $2) ON CONFLICT DO NOTHING'
_UNBLOCK = 'DELETE FROM blocks WHERE "user" = $1 AND member = $2'
_PART = """
DELETE FROM member_follows WHERE ("user" = $1 AND member = $2) OR ("user" = $2 AND member = $1)
"""
_HIDDEN = """
SELECT reader, $1::bigint + $2::bigint - reader = ANY(hubbub_hidden_from(reader)) AS hidden
FROM unnest(ARRAY[$1::bigint, $2::bigint]) AS reader JOIN users ON users.id = reader AND left_at IS NULL
"""


async def block_member(viewer: Viewer, member_id: int) -> None:
    """Hide the two from each other; neither follows the other any more. Again does nothing.

    Raises Unauthenticated, NotFound, Conflict (oneself; far too many).
    """
    user_id = require_member(viewer)
    await accounts.get_user(viewer, member_id)
    if user_id == member_id:
        raise Conflict("Nobody blocks themself.")
    count = (await DB.fetch('SELECT count(*) FROM blocks WHERE "user" = $1', user_id))[0][0]
    if count >= MOST:
        raise Conflict(f"You have blocked {MOST:,} members. Take some back first.")
    await _change(user_id, member_id, _BLOCK)


async def unblock_member(viewer: Viewer, member_id: int) -> None:
    """Take an own block back; one of theirs stays. Again does nothing. Raises Unauthenticated."""
    await _change(require_member(viewer), member_id, _UNBLOCK)


@retried
async def _change(user_id: int, member_id: int, statement: str) -> None:
    async with transaction() as change:
        await DB.fetch(_LOCK, [user_id, member_id])
        before = await _hidden(user_id, member_id)
        await DB.fetch(statement, user_id, member_id)
        after = await _hidden(user_id, member_id)
        if any(after.values()):
            await DB.fetch(_PART, user_id, member_id)
        changed = {reader: after[reader] for reader in after if after[reader] != before[reader]}
        await _tell(change, changed, {user_id: member_id, member_id: user_id})


async def _hidden(user_id: int, member_id: int) -> dict[int, bool]:
    """For each of the two who is still here, whether the other is hidden from them."""
    return {row["reader"]: row["hidden"] for row in await DB.fetch(_HIDDEN, user_id, member_id)}


async def _tell(change: Change, hidden: dict[int, bool], others: dict[int, int]) -> None:
    if not hidden:
        return
    await change.advance(*map(channels.user, hidden))
    for reader, blocked in hidden.items():
        await change.record(BlockChanged(reader, BlockChange(others[reader], blocked)))
    for reader in sorted(hidden):
        await settle_soon(change, reader)
