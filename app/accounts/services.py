"""The verbs of accounts: one transaction each."""

import msgspec

from app.accounts import attempts, enrolment, passwords, queries, sessions
from app.accounts.jobs import send_verification_soon, send_welcome, tell_admins
from app.accounts.schemas import Credentials, Registration, User
from app.accounts.sessions import Client
from app.accounts.viewer import Viewer
from app.database.engine import DB
from app.database.transaction import transaction
from app.web.errors import Conflict, InvalidCredentials, Unauthenticated

_STILL = "SELECT id FROM users WHERE id = $1 AND password = $2 FOR SHARE"


class SignedIn(msgspec.Struct, frozen=True):
    """A member, the token of the session that was opened for them, and that of their browser."""

    user: User
    token: str
    browser: str = ""


async def register(wanted: Registration, client: Client) -> SignedIn:
    """Make a member with profile, session and welcome mail, or nothing at all. Raises Invalid."""
    newcomer = await enrolment.look_through(wanted)
    async with transaction() as change:
        user_id = await enrolment.enrol(newcomer)
        token = await sessions.open_session(user_id, client)
        await change.enqueue(send_welcome, user_id=user_id)
        await change.enqueue(tell_admins, user_id=user_id)
    return SignedIn(await queries.get_self(user_id), token, client.browser)


async def sign_in(credentials: Credentials, client: Client, old_token: str | None = None) -> SignedIn:
    """Open a new session and end the one that the browser came with. Raises InvalidCredentials, RateLimited."""
    found = await _require_password(credentials, client)
    async with transaction() as change:
        # A password that was changed since it was checked ends all sessions, so this one must not begin.
        if not await DB.fetch(_STILL, *found):
            raise InvalidCredentials
        token = await sessions.open_session(found[0], client)
        if old_token:
            await sessions.drop(change, old_token)
    return SignedIn(await queries.get_self(found[0]), token, client.browser)


async def _require_password(credentials: Credentials, client: Client) -> tuple[int, str]:
    email = enrolment.normal_email(credentials.email)
    async with attempts.counted(email, client):
        found = await queries.find_credentials(email)
        known = await passwords.matches(found[1] if found else None, credentials.password)
        if found is None or not known:
            raise InvalidCredentials
    return found


async def resend_verification(viewer: Viewer) -> str:
    """Have another link sent to the viewer's address, which is returned; twice in a hurry it is one mail.

    Raises Unauthenticated, Conflict (it is confirmed already).
    """
    if viewer.id is None:
        raise Unauthenticated
    user = await queries.get_self(viewer.id)
    if user.activated_at:
        raise Conflict("Your address is confirmed already.")
    async with transaction() as change:
        await send_verification_soon(change, viewer.id)
    return str(user.email)
