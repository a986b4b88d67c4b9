"""Comments that go, and come back: their author's doing, or a moderator's."""

from typing import Any

from app.accounts.jobs import recount_soon
from app.accounts.viewer import Viewer, require_moderator
from app.comments.changing import KEEP, advance, count, lock, require, told
from app.comments.events import CommentRemoved, CommentRestored
from app.database.engine import DB
from app.database.transaction import Change, retried, transaction
from app.moderation.acts import note_act
from app.notifications.jobs import notify_comment, withdraw_soon
from app.posts.changing import require_concerned
from app.web.errors import Conflict

# What stands again is no revision; one that an edit left differs from it.
_DROP_LAST = """
DELETE FROM comment_revisions
WHERE id = (SELECT max(id) FROM comment_revisions WHERE comment = $1) AND body = $2
"""
_REMOVE = """
UPDATE comments SET removed_at = clock_timestamp(), removed_by = $3, removed_reason = $4,
    updated_at = clock_timestamp(), seq = $2 WHERE id = $1 AND removed_at IS NULL
"""
_RESTORE = """
UPDATE comments SET removed_at = NULL, removed_by = NULL, removed_reason = NULL,
    updated_at = clock_timestamp(), seq = $2 WHERE id = $1
"""


@retried
async def remove_comment(viewer: Viewer, comment_id: int, reason: str | None = None) -> None:
    """Blank a comment: an own one with a way back for 24 h, another's as a moderator; again does nothing.

    `reason` is a moderator's. Raises Unauthenticated, NotFound, Forbidden.
    """
    async with transaction() as change:
        row = await lock(viewer, comment_id)
        require_concerned(viewer, row["author"])
        if row["removed_at"] is not None:
            return
        require("remove", viewer, row)
        if viewer.is_member(row["author"]):
            await _remove(change, viewer, row, "author", None)
        else:
            await _remove(change, viewer, row, "moderator", reason)


@retried
async def take_comment_down(moderator: Viewer, comment_id: int, reason: str | None) -> None:
    """Remove a comment as a moderator, also an own one; again does nothing, the first reason stands.

    Raises Unauthenticated, NotFound, Forbidden, Conflict (its author has removed it).
    """
    async with transaction() as change:
        row = await lock(moderator, comment_id)
        require_moderator(moderator)
        if row["removed_by"] == "author":
            raise Conflict("Its author has removed it already.")
        if row["removed_at"] is None:
            await _remove(change, moderator, row, "moderator", reason)


async def _remove(change: Change, viewer: Viewer, row: Any, by: str, reason: str | None) -> None:
    comment_id = row["id"]
    # Moderators read what was removed in the revisions.
    await DB.fetch(KEEP, comment_id, viewer.id, row["body"])
    await count(change, row, -1)
    seq = await advance(change, row)
    await DB.fetch(_REMOVE, comment_id, seq, by, reason)
    await change.record(CommentRemoved(await told(viewer, comment_id)))
    await recount_soon(change, row["author"])
    await withdraw_soon(change, "comment", comment_id)
    if by == "moderator":
        await note_act(change, viewer, "removed", "comment", row, reason)


@retried
async def restore_comment(viewer: Viewer, comment_id: int) -> None:
    """Undo an own removal, or as a moderator one by a moderator; again does nothing.

    Raises Unauthenticated, NotFound, Forbidden.
    """
    async with transaction() as change:
        row = await lock(viewer, comment_id)
        require_concerned(viewer, row["author"])
        if row["removed_at"] is None:
            return
        require("restore", viewer, row)
        await DB.fetch(_DROP_LAST, comment_id, row["body"])
        await count(change, row, 1)
        seq = await advance(change, row)
        await DB.fetch(_RESTORE, comment_id, seq)
        await change.record(CommentRestored(await told(viewer, comment_id)))
        await recount_soon(change, row["author"])
        await change.enqueue(notify_comment, comment_id=comment_id)
        if row["removed_by"] == "moderator":
            await note_act(change, viewer, "restored", "comment", row, None)
