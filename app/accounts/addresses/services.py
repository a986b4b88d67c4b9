"""The verbs of a new address: one transaction each; the member's row is always locked first."""

import asyncpg

from app.accounts import queries
from app.accounts.addresses import links
from app.accounts.addresses.jobs import send_email_change, send_email_change_notice, send_email_changed
from app.accounts.enrolment import normal_email
from app.accounts.mailings import count_mail
from app.accounts.schemas import User
from app.accounts.second_factor.checks import check
from app.accounts.security.proof import prove, wrong
from app.accounts.security.schemas import EmailChange
from app.accounts.viewer import Viewer, require_session
from app.database.engine import DB
from app.database.transaction import Change, transaction
from app.web.errors import FieldError, Invalid, InvalidToken

_LOCK = "SELECT email FROM users WHERE id = $1 FOR NO KEY UPDATE"
# A password that was changed since it was checked proves nothing.
_LOCK_PROVEN = "SELECT email FROM users WHERE id = $1 AND password = $2 FOR NO KEY UPDATE"
_TAKEN = "SELECT FROM users WHERE lower(email) = $1"
_DROP = 'DELETE FROM email_changes WHERE "user" = $1'
_ASK = """
INSERT INTO email_changes ("user", email, expires_at) VALUES ($1, $2, now() + make_interval(hours => $3)) RETURNING id
"""
# The trigger on `users` ends this change, and every other link that was mailed.
_SET = "UPDATE users SET email = $2, activated_at = now() WHERE id = $1"


async def ask_for_email(viewer: Viewer, wanted: EmailChange) -> User:
    """Send a link to the new address, which is not theirs before it is confirmed, and tell the old one.

    Whatever was asked for before is taken back; to ask for the address that one has does only that.
    Raises Unauthenticated, OutOfScope, Invalid, RateLimited, and, only to who knows the password, OtpRequired,
    OtpInvalid.
    """
    user_id = require_session(viewer)
    proven, email = await prove(user_id, wanted.password), normal_email(wanted.email)
    await count_mail("change", email)
    async with transaction() as change:
        rows = await DB.fetch(_LOCK_PROVEN, user_id, proven)
        if not rows:
            raise Invalid([wrong("password")])
        refusal = await check(change, user_id, wanted.otp or "")
        if refusal is None:
            await _ask(change, user_id, email, rows[0]["email"])
    if refusal:
        # Now, as a try that failed must count.
        raise refusal
    return await queries.get_self(user_id)


async def _ask(change: Change, user_id: int, email: str, old: str) -> None:
    await DB.fetch(_DROP, user_id)
    if email == old:
        return
    if await DB.fetch(_TAKEN, email):
        raise Invalid([_taken()])
    change_id = (await DB.fetch(_ASK, user_id, email, links.VALID_HOURS))[0]["id"]
    await change.enqueue(send_email_change, change_id=change_id)
    await change.enqueue(send_email_change_notice, user_id=user_id, change_id=change_id, email=old)


async def take_back(viewer: Viewer) -> None:
    """Keep the address that one has. Raises Unauthenticated, OutOfScope."""
    user_id = require_session(viewer)
    async with transaction():
        await DB.fetch(_LOCK, user_id)
        await DB.fetch(_DROP, user_id)


async def confirm_email(viewer: Viewer, token: str) -> User:
    """Make the address that the link was sent to the viewer's, and tell the old one.

    Only for who asked: somebody else's mailbox, got by a slip of the pen, must not get the account too.
    Raises Unauthenticated, OutOfScope, InvalidToken, Invalid (somebody has taken it meanwhile).
    """
    user_id = require_session(viewer)
    try:
        async with transaction() as change:
            rows = await DB.fetch(_LOCK, user_id)
            wanted = await links.find(user_id, token)
            if not rows or wanted is None:
                raise InvalidToken
            await DB.fetch(_SET, user_id, wanted.email)
            old = rows[0]["email"]
            await change.enqueue(send_email_changed, user_id=user_id, change_id=wanted.id, email=old)
    except asyncpg.UniqueViolationError:
        raise Invalid([_taken()]) from None
    return await queries.get_self(user_id)


def _taken() -> FieldError:
    return FieldError("email", "taken", "Another account has this address.")
