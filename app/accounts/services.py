"""The verbs of accounts: one transaction each."""

import asyncpg
import msgspec

from app.accounts import passwords, queries, sessions
from app.accounts.jobs import send_verification_soon, send_welcome, tell_admins
from app.accounts.schemas import Credentials, Registration, User
from app.accounts.sessions import Client
from app.accounts.viewer import Viewer
from app.database.engine import DB
from app.database.transaction import transaction
from app.markdown import render
from app.web.errors import Conflict, FieldError, Invalid, InvalidCredentials, Unauthenticated

_USER = "INSERT INTO users (username, email, password) VALUES ($1, $2, $3) RETURNING id"
_PROFILE = """INSERT INTO profiles ("user", display_name, bio, bio_html) VALUES ($1, $2, $3, $4)"""

_STILL = "SELECT id FROM users WHERE id = $1 AND password = $2 FOR SHARE"


class SignedIn(msgspec.Struct, frozen=True):
    """A member and the token of the session that was opened for them."""

    user: User
    token: str


async def register(wanted: Registration, client: Client) -> SignedIn:
    """Make a member with profile, session and welcome mail, or nothing at all. Raises Invalid."""
    email = normal_email(wanted.email)
    await _check(wanted, email)
    password = await passwords.hash_password(wanted.password)
    bio = wanted.profile.bio if wanted.profile else None
    bio_html = await render(bio) if bio else None
    try:
        async with transaction() as change:
            user_id = (await DB.fetch(_USER, wanted.username, email, password))[0]["id"]
            await DB.fetch(_PROFILE, user_id, _display_name(wanted), bio, bio_html)
            token = await sessions.open_session(user_id, client)
            await change.enqueue(send_welcome, user_id=user_id)
            await change.enqueue(tell_admins, user_id=user_id)
    except asyncpg.UniqueViolationError as error:
        # Somebody else took it between the check and the insert.
        raise Invalid(
            [_taken(wanted, "email" if "email" in (error.constraint_name or "") else "username")]
        ) from None
    return SignedIn(await queries.get_self(user_id), token)


async def sign_in(credentials: Credentials, client: Client, old_token: str | None = None) -> SignedIn:
    """Open a new session and end the one that the browser came with. Raises InvalidCredentials."""
    found = await queries.find_credentials(normal_email(credentials.email))
    known = await passwords.matches(found[1] if found else None, credentials.password)
    if found is None or not known:
        raise InvalidCredentials
    async with transaction():
        # A password that was changed since it was checked ends all sessions, so this one must not begin.
        if not await DB.fetch(_STILL, *found):
            raise InvalidCredentials
        if old_token:
            await sessions.drop(old_token)
        token = await sessions.open_session(found[0], client)
    return SignedIn(await queries.get_self(found[0]), token)


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


def normal_email(email: str) -> str:
    return email.strip().lower()


def common_password(password: str) -> list[FieldError]:
    """What is wrong with a password that everybody tries first."""
    if password.lower() not in passwords.common():
        return []
    return [FieldError("password", "common", "Many people use this password. Choose another.")]


async def _check(wanted: Registration, email: str) -> None:
    errors = [_taken(wanted, field) for field in sorted(await queries.find_taken(wanted.username, email))]
    if not _display_name(wanted):
        errors.append(FieldError("name", "required", "This cannot be left empty."))
    errors += common_password(wanted.password)
    if errors:
        raise Invalid(errors)


def _display_name(wanted: Registration) -> str:
    given = wanted.profile.display_name if wanted.profile else None
    return (given or wanted.name).strip()


def _taken(wanted: Registration, field: str) -> FieldError:
    if field == "email":
        return FieldError(field, "taken", "There is an account with this address. Sign in instead.")
    suggestion = f"{wanted.username[:18]}2"
    return FieldError(field, "taken", f"That name is taken. Try {suggestion}?")
