"""The verbs of leaving for good: one transaction each. What takes long is a job's."""

from typing import Any

from app.accounts import queries, sessions
from app.accounts.deletion.jobs import let_member_go_soon, send_farewell
from app.accounts.deletion.schemas import Content, Deletion
from app.accounts.second_factor.checks import check
from app.accounts.security.proof import prove, wrong
from app.accounts.tokens import services as tokens
from app.accounts.viewer import Viewer, require_admin, require_session
from app.admin.audit import note_removal
from app.database.engine import DB
from app.database.transaction import Change, transaction
from app.drafts import services as drafts
from app.follows import leaving as follows
from app.moderation.log import write_action
from app.notifications import leaving as notifications
from app.uploads import services as uploads
from app.web.errors import Conflict, Forbidden, Invalid

# Locks every admin, in one order: of two who leave at once, the second sees that the first has.
_ADMINS = "SELECT id FROM users WHERE role = 'admin' ORDER BY id FOR UPDATE"
_LOCK = "SELECT username, email, role, password FROM users WHERE id = $1 AND left_at IS NULL FOR UPDATE"
# No hash is like the empty one, and no admin is left among those who left. The trigger ends mailed links.
_LEAVE = "UPDATE users SET left_at = now(), role = 'member', password = '', admin_notes = '' WHERE id = $1"
_FORGET_PROFILE = 'DELETE FROM profiles WHERE "user" = $1'


async def delete_account(viewer: Viewer, user_id: int, wanted: Deletion) -> None:
    """End the viewer's own account.

    Raises Unauthenticated, OutOfScope, NotFound, Forbidden (another's), Invalid, Conflict (the only admin), and,
    only to who knows the password, OtpRequired, OtpInvalid, RateLimited.
    """
    own_id = require_session(viewer)
    if own_id != user_id:
        await queries.get_user(viewer, user_id)
        raise Forbidden
    proven = await prove(own_id, wanted.password)
    async with transaction() as change:
        member = await _lock(own_id)
        # Changed since it was checked, or left already in another window.
        if member is None or member["password"] != proven:
            raise Invalid([wrong("password")])
        refusal = await check(change, own_id, wanted.otp or "")
        if refusal is None:
            await _leave(change, own_id, member, wanted.content)
    if refusal:
        # Now, as a try that failed must count.
        raise refusal


async def delete_member(admin: Viewer, user_id: int) -> None:
    """End somebody's account; what they wrote stays. Again does nothing.

    Raises Unauthenticated, Forbidden, Conflict (the only admin).
    """
    own_id = require_admin(admin)
    async with transaction() as change:
        member = await _lock(user_id)
        if member is None:
            return
        if own_id == user_id:
            raise Forbidden(
                "To delete your own account, use the page in your settings; it asks your password."
            )
        await _leave(change, user_id, member, "keep")
        await note_removal(admin, "users", user_id, {name: member[name] for name in ("username", "role")})
        await write_action(admin, "account_deleted", "user", user_id)


async def _lock(user_id: int) -> Any:
    """The member, held until the change ends; None for one who has left. Raises Conflict."""
    admins = {row["id"] for row in await DB.fetch(_ADMINS)}
    rows = await DB.fetch(_LOCK, user_id)
    if admins == {user_id}:
        raise Conflict("This is the only admin. Make somebody else one first.")
    return rows[0] if rows else None


async def _leave(change: Change, user_id: int, member: Any, content: Content) -> None:
    await DB.fetch(_LEAVE, user_id)
    await DB.fetch(_FORGET_PROFILE, user_id)
    await uploads.drop_all(user_id)
    await drafts.drop_all(user_id)
    await follows.drop_all(user_id)
    await notifications.drop_all(user_id)
    await sessions.drop_others(change, user_id, None)
    await tokens.drop_all(change, user_id)
    await change.enqueue(
        send_farewell, user_id=user_id, email=member["email"], username=member["username"], content=content
    )
    await let_member_go_soon(change, user_id, content)
