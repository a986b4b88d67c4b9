"""What admins change about members: their role, and the notes that only admins read."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from app.accounts.suspended import COLUMNS, JOINED
from app.accounts.viewer import Viewer, require_member
from app.admin.audit import note_change
from app.database.engine import DB
from app.database.transaction import Change, transaction
from app.live.access import revoke
from app.moderation.log import write_action
from app.moderation.schemas import Act
from app.web.errors import FieldError, Forbidden, Invalid, NotFound

# Locks every admin, in one order: of two who step down at once, the second sees that the first has.
_ADMINS = "SELECT id FROM users WHERE role = 'admin' ORDER BY id FOR UPDATE"
_MEMBER = "SELECT role, admin_notes FROM users WHERE id = $1 AND left_at IS NULL FOR UPDATE"
_STANDING = f"SELECT {COLUMNS} FROM users {JOINED} WHERE users.id = $1"
_CHANGE = "UPDATE users SET role = $2, admin_notes = $3 WHERE id = $1"

Role = Literal["member", "moderator", "admin"]
MADE: dict[Role, Act] = {"member": "made_member", "moderator": "made_moderator", "admin": "made_admin"}
Notes = Annotated[str, Meta(max_length=10_000)]


class MemberChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    role: Role | UnsetType = UNSET
    admin_notes: Notes | UnsetType = UNSET


class RoleChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    role: Role


class NotesChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    text: Notes


async def change_member(admin: Viewer, user_id: int, wanted: MemberChange) -> None:
    """Change role or notes and write it down.

    Raises Unauthenticated, Forbidden, NotFound, Invalid for the last admin's role.
    """
    require_member(admin)
    async with transaction() as change:
        await change_member_within(change, admin, user_id, wanted)


async def change_member_within(
    change: Change, admin: Viewer, user_id: int, wanted: MemberChange
) -> Mapping[str, Any]:
    """The same inside the caller's transaction; role and notes as they are now."""
    if admin.role != "admin":
        raise Forbidden
    admins = {row["id"] for row in await DB.fetch(_ADMINS)}
    rows = await DB.fetch(_MEMBER, user_id)
    if not rows:
        raise NotFound
    before = dict(rows[0])
    after = {
        **before,
        **{field: value for field, value in msgspec.structs.asdict(wanted).items() if value is not UNSET},
    }
    if admins == {user_id} and after["role"] != "admin":
        raise Invalid(
            [FieldError("role", "invalid", "This is the only admin. Make somebody else one first.")]
        )
    if after["role"] == "admin" != before["role"] and await _is_suspended(user_id):
        raise Invalid([FieldError("role", "invalid", "They are suspended. Lift that first.")])
    if after != before:
        await DB.fetch(_CHANGE, user_id, after["role"], after["admin_notes"])
        await note_change(admin, "users", user_id, before, after)
    if after["role"] != before["role"]:
        await write_action(admin, MADE[after["role"]], "user", user_id)
        await revoke(change, f"user:{user_id}")
    return after


async def _is_suspended(user_id: int) -> bool:
    """An admin who cannot write would leave the community without one."""
    suspended: bool = (await DB.fetch(_STANDING, user_id))[0]["is_suspended"]
    return suspended
