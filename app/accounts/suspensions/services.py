"""The verbs of suspensions: one transaction each, by moderators, each written down."""

from typing import Any

from app.accounts.suspended import COLUMNS, JOINED
from app.accounts.suspensions.schemas import NewSuspension
from app.accounts.viewer import Viewer, require_moderator
from app.admin.audit import note_change
from app.database.engine import DB
from app.database.transaction import Change, transaction
from app.live.access import revoke
from app.moderation.log import write_action
from app.times import iso_or_none
from app.web.errors import Forbidden, NotFound

# The member first, as everywhere: of a suspension and a promotion at once, the second sees the first.
_LOCK = "SELECT role FROM users WHERE id = $1 AND left_at IS NULL FOR UPDATE"
_FIND = f"SELECT {COLUMNS} FROM users {JOINED} WHERE users.id = $1"
_SUSPEND = """
INSERT INTO suspensions ("user", moderator, reason, until) VALUES ($1, $2, $3, $4)
ON CONFLICT ("user") DO UPDATE SET moderator = $2, reason = $3, until = $4, created_at = now()
"""
_LIFT = 'DELETE FROM suspensions WHERE "user" = $1'


def may_suspend(viewer: Viewer, user_id: int, role: str) -> bool:
    """Whether the viewer may suspend this other member, who has this role."""
    if viewer.is_member(user_id) or role == "admin":
        return False
    return viewer.is_admin or (viewer.is_moderator and role == "member")


async def suspend(moderator: Viewer, user_id: int, wanted: NewSuspension) -> None:
    """Let a member read and not write until then; once more replaces what was said before.

    Raises Unauthenticated, NotFound, Forbidden (also for one's own, a moderator's by a moderator, an admin's).
    """
    moderator_id = require_moderator(moderator)
    async with transaction() as change:
        before = await _held(moderator, user_id)
        reason = wanted.reason.strip()
        await DB.fetch(_SUSPEND, user_id, moderator_id, reason, wanted.until)
        if await _told(change, moderator, user_id, before):
            await write_action(moderator, "suspended", "user", user_id, reason)


async def lift(moderator: Viewer, user_id: int) -> None:
    """Let them write again; where nothing is to be lifted, nothing happens. Raises as `suspend` does."""
    require_moderator(moderator)
    async with transaction() as change:
        before = await _held(moderator, user_id)
        await DB.fetch(_LIFT, user_id)
        if await _told(change, moderator, user_id, before):
            await write_action(moderator, "unsuspended", "user", user_id)


async def drop_ended() -> None:
    """Forget those that have ended by themselves; who was suspended, when and why stands in the record."""
    await DB.fetch("DELETE FROM suspensions WHERE until <= now()")


async def _held(moderator: Viewer, user_id: int) -> dict[str, Any]:
    """What stands now, held until the change ends."""
    rows = await DB.fetch(_LOCK, user_id)
    if not rows:
        raise NotFound
    if not may_suspend(moderator, user_id, rows[0]["role"]):
        raise Forbidden("Nobody can suspend themself or an admin, and only an admin a moderator.")
    return await _standing(user_id)


async def _standing(user_id: int) -> dict[str, Any]:
    row = (await DB.fetch(_FIND, user_id))[0]
    return {
        "suspended": row["is_suspended"],
        "until": iso_or_none(row["suspended_until"]),
        "reason": row["suspension_reason"],
    }


async def _told(change: Change, moderator: Viewer, user_id: int, before: dict[str, Any]) -> bool:
    """Written down, and known to every connection of theirs: what a moderator hears, they hear no more.

    Whether anything is other than before.
    """
    after = await _standing(user_id)
    if after == before:
        return False
    await note_change(moderator, "suspensions", user_id, before, after)
    await revoke(change, f"user:{user_id}")
    return True
