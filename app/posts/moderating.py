"""Posts that moderators close for replies, or put at the head of the front page."""

import msgspec

from app.accounts.viewer import Viewer, require_moderator
from app.database.engine import DB
from app.database.transaction import retried, transaction
from app.moderation.acts import note_act
from app.moderation.schemas import Act
from app.posts.changing import advance, lock, require, told
from app.posts.events import PostLocked, PostPinned, PostUnlocked, PostUnpinned, PostUpdated


class _Turn(msgspec.Struct, frozen=True):
    """One way to turn a post: what it needs, what it writes, and what is said of it."""

    verb: str
    column: str
    on: bool
    act: Act
    event: type[PostUpdated]


_LOCK = _Turn("lock", "locked_at", True, "locked", PostLocked)
_UNLOCK = _Turn("lock", "locked_at", False, "unlocked", PostUnlocked)
_PIN = _Turn("pin", "pinned_at", True, "pinned", PostPinned)
_UNPIN = _Turn("pin", "pinned_at", False, "unpinned", PostUnpinned)

_WRITE = """
UPDATE posts SET {column} = CASE WHEN $3::boolean THEN clock_timestamp() END,
    updated_at = clock_timestamp(), seq = $2 WHERE id = $1
"""


async def lock_post(moderator: Viewer, post_id: int, reason: str | None) -> None:
    """Close a post for members' replies; again does nothing.

    Raises Unauthenticated, NotFound, Forbidden (also for what is removed), as the others do.
    """
    await _do(_LOCK, moderator, post_id, reason)


async def unlock_post(moderator: Viewer, post_id: int) -> None:
    await _do(_UNLOCK, moderator, post_id)


async def pin_post(moderator: Viewer, post_id: int, reason: str | None) -> None:
    """Put a post before all others on the front page; again does nothing."""
    await _do(_PIN, moderator, post_id, reason)


async def unpin_post(moderator: Viewer, post_id: int) -> None:
    await _do(_UNPIN, moderator, post_id)


@retried
async def _do(turn: _Turn, moderator: Viewer, post_id: int, reason: str | None = None) -> None:
    async with transaction() as change:
        row = await lock(moderator, post_id)
        require_moderator(moderator)
        require(turn.verb, moderator, row)
        if (row[turn.column] is not None) == turn.on:
            return
        seq = await advance(change, post_id)
        await DB.fetch(_WRITE.format(column=turn.column), post_id, seq, turn.on)
        await change.record(turn.event(await told(moderator, post_id)))
        await note_act(change, moderator, turn.act, "post", row, reason)
