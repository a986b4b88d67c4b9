"""Posts that go, and come back: their author's doing, or a moderator's."""

from typing import Any

from app.accounts.viewer import Viewer, require_moderator
from app.database.engine import DB
from app.database.transaction import Change, retried, transaction
from app.live import channels
from app.live.access import revoke
from app.moderation.acts import note_act
from app.notifications.jobs import withdraw_soon
from app.posts.changing import advance, lock, recount_soon, require, require_concerned, told
from app.posts.events import PostRemoved, PostRestored
from app.web.errors import Conflict

_REMOVE = """
UPDATE posts SET removed_at = clock_timestamp(), removed_by = $3, removed_reason = $4,
    updated_at = clock_timestamp(), seq = $2 WHERE id = $1 AND removed_at IS NULL
"""
_RESTORE = """
UPDATE posts SET removed_at = NULL, removed_by = NULL, removed_reason = NULL,
    updated_at = clock_timestamp(), seq = $2 WHERE id = $1
"""


@retried
async def remove_post(viewer: Viewer, post_id: int, reason: str | None = None) -> None:
    """Take a post away: an own one with a way back for 24 h, another's as a moderator; again does nothing.

    `reason` is a moderator's. Raises Unauthenticated, NotFound, Forbidden.
    """
    async with transaction() as change:
        row = await lock(viewer, post_id)
        require_concerned(viewer, row["author"])
        if row["removed_at"] is not None:
            return
        require("remove", viewer, row)
        if viewer.is_member(row["author"]):
            await _remove(change, viewer, row, "author", None)
        else:
            await _remove(change, viewer, row, "moderator", reason)


@retried
async def take_post_down(moderator: Viewer, post_id: int, reason: str | None) -> None:
    """Remove a post as a moderator, also an own one; again does nothing, the first reason stands.

    Raises Unauthenticated, NotFound, Forbidden, Conflict (its author has removed it).
    """
    async with transaction() as change:
        row = await lock(moderator, post_id)
        require_moderator(moderator)
        if row["removed_by"] == "author":
            raise Conflict("Its author has removed it already.")
        if row["removed_at"] is None:
            await _remove(change, moderator, row, "moderator", reason)


async def _remove(change: Change, viewer: Viewer, row: Any, by: str, reason: str | None) -> None:
    post_id = row["id"]
    await revoke(change, f"channel:{channels.post(post_id)}")
    seq = await advance(change, post_id)
    await DB.fetch(_REMOVE, post_id, seq, by, reason)
    await change.record(PostRemoved(await told(viewer, post_id)))
    await recount_soon(change, row["author"], row["tags"])
    await withdraw_soon(change, "post", post_id)
    if by == "moderator":
        await note_act(change, viewer, "removed", "post", row, reason)


@retried
async def restore_post(viewer: Viewer, post_id: int) -> None:
    """Undo an own removal, or as a moderator one by a moderator; again does nothing.

    Raises Unauthenticated, NotFound, Forbidden.
    """
    async with transaction() as change:
        row = await lock(viewer, post_id)
        require_concerned(viewer, row["author"])
        if row["removed_at"] is None:
            return
        require("restore", viewer, row)
        await revoke(change, f"channel:{channels.post(post_id)}")
        seq = await advance(change, post_id)
        await DB.fetch(_RESTORE, post_id, seq)
        await change.record(PostRestored(await told(viewer, post_id)))
        await recount_soon(change, row["author"], row["tags"])
        if row["removed_by"] == "moderator":
            await note_act(change, viewer, "restored", "post", row, None)
