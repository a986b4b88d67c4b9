"""The verbs of security: one transaction each; who changes a credential proves to know the password.

None of them is for tokens: a program that lost its own must not be able to lock its member out.
"""

from app.accounts import passwords, sessions
from app.accounts.enrolment import common_password
from app.accounts.jobs import send_password_notice_soon
from app.accounts.security.proof import stored_password, wrong
from app.accounts.security.schemas import PasswordChange
from app.accounts.tokens import services as tokens
from app.accounts.viewer import Viewer, require_session
from app.database.engine import DB
from app.database.transaction import transaction
from app.web.errors import Invalid, NotFound

# The condition on the old hash makes two changes at once into one change and one refusal.
_SET_PASSWORD = "UPDATE users SET password = $3 WHERE id = $1 AND password = $2 RETURNING id"  # noqa: S105  # SQL


async def change_password(viewer: Viewer, wanted: PasswordChange) -> None:
    """Set a new password and end all other sessions and all tokens. Raises Unauthenticated, OutOfScope, Invalid."""
    user_id = require_session(viewer)
    stored = await stored_password(user_id)
    errors = [] if await passwords.matches(stored, wanted.current) else [wrong("current")]
    errors += common_password(wanted.password)
    if errors:
        raise Invalid(errors)
    hashed = await passwords.hash_password(wanted.password)
    async with transaction() as change:
        if not await DB.fetch(_SET_PASSWORD, user_id, stored, hashed):
            raise Invalid([wrong("current")])
        await sessions.drop_others(change, user_id, viewer.session_id)
        await tokens.drop_all(change, user_id)
        await send_password_notice_soon(change, user_id)


async def end_session(viewer: Viewer, session_id: int) -> None:
    """End one of the viewer's sessions; one that has ended already stays so.

    Raises Unauthenticated, OutOfScope, and NotFound for another member's.
    """
    user_id = require_session(viewer)
    async with transaction() as change:
        owners = await DB.fetch('SELECT "user" FROM sessions WHERE id = $1', session_id)
        if owners and owners[0]["user"] != user_id:
            raise NotFound
        await sessions.drop_one(change, user_id, session_id)


async def end_other_sessions(viewer: Viewer) -> None:
    """End all sessions but the one that asks. Raises Unauthenticated, OutOfScope."""
    async with transaction() as change:
        await sessions.drop_others(change, require_session(viewer), viewer.session_id)
