"""The verbs of accounts: one transaction each."""

import secrets
from datetime import UTC, datetime

import msgspec

from app.accounts import attempts, browsers, enrolment, passwords, queries, sessions
from app.accounts.jobs import send_sign_in_notice, send_verification_soon, send_welcome, tell_admins
from app.accounts.mailings import count_mail
from app.accounts.schemas import Credentials, Registration, User
from app.accounts.second_factor import sign_ins
from app.accounts.second_factor.checks import check
from app.accounts.second_factor.queries import is_on
from app.accounts.second_factor.schemas import SecondStep
from app.accounts.security.devices import known_device
from app.accounts.sessions import Client
from app.accounts.viewer import Viewer
from app.database.engine import DB
from app.database.transaction import Change, transaction
from app.times import iso
from app.web.errors import Conflict, InvalidCredentials, InvalidToken, Unauthenticated

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
    """Open a new session and end the one that the browser came with.

    Raises InvalidCredentials, and, only to who knows the password, OtpRequired, OtpInvalid, RateLimited.
    """
    user_id, stored = await _require_password(credentials, client)
    async with transaction() as change:
        await _require_still(user_id, stored)
        refusal = await check(change, user_id, credentials.otp or "")
        token = "" if refusal else await _enter(change, user_id, client, old_token)
    if refusal:
        # Now, as a try that failed must count.
        raise refusal
    return SignedIn(await queries.get_self(user_id), token, client.browser)


async def begin_sign_in(
    credentials: Credentials, client: Client, old_token: str | None = None
) -> SignedIn | str:
    """The same in two steps: where a code is asked for, the token under which this waits for it.

    Raises InvalidCredentials, RateLimited.
    """
    user_id, stored = await _require_password(credentials, client)
    async with transaction() as change:
        await _require_still(user_id, stored)
        if await is_on(user_id):
            return await sign_ins.keep(user_id)
        token = await _enter(change, user_id, client, old_token)
    return SignedIn(await queries.get_self(user_id), token, client.browser)


async def finish_sign_in(
    waiting: str, step: SecondStep, client: Client, old_token: str | None = None
) -> SignedIn:
    """The second step. Raises InvalidToken (nothing waits, or not any more), OtpInvalid, RateLimited."""
    known = await sign_ins.find(waiting)
    if known is None:
        raise InvalidToken
    user_id = known.user_id
    async with transaction() as change:
        # The member first, as everywhere: a change of password holds them, and drops what waits.
        await DB.fetch("SELECT FROM users WHERE id = $1 FOR SHARE", user_id)
        await sign_ins.take_try(waiting)
        refusal = await check(change, user_id, step.otp)
        if refusal is None:
            await sign_ins.drop(waiting)
        token = "" if refusal else await _enter(change, user_id, client, old_token)
    if refusal:
        raise refusal
    return SignedIn(await queries.get_self(user_id), token, client.browser)


async def _require_password(credentials: Credentials, client: Client) -> tuple[int, str]:
    email = enrolment.normal_email(credentials.email)
    async with attempts.counted(email, client):
        found = await queries.find_credentials(email)
        known = await passwords.matches(found[1] if found else None, credentials.password)
        if found is None or not known:
            raise InvalidCredentials
    return found


async def _require_still(user_id: int, stored: str) -> None:
    """A password that was changed since it was checked ends all sessions, so this one must not begin."""
    if not await DB.fetch(_STILL, user_id, stored):
        raise InvalidCredentials


async def _enter(change: Change, user_id: int, client: Client, old_token: str | None) -> str:
    if await browsers.is_new(user_id, client.browser):
        await _tell_of_sign_in(change, user_id, client)
    token = await sessions.open_session(user_id, client)
    if old_token:
        await sessions.drop(change, old_token)
    return token


async def _tell_of_sign_in(change: Change, user_id: int, client: Client) -> None:
    await change.enqueue(
        send_sign_in_notice,
        user_id=user_id,
        number=secrets.token_hex(6),
        device=known_device(client.device),
        place=client.address,
        at=iso(datetime.now(UTC)),
    )


async def resend_verification(viewer: Viewer) -> str:
    """Have another link sent to the viewer's address, which is returned; twice in a hurry it is one mail.

    Raises Unauthenticated, RateLimited, Conflict (it is confirmed already).
    """
    if viewer.id is None:
        raise Unauthenticated
    user = await queries.get_self(viewer.id)
    if user.activated_at:
        raise Conflict("Your address is confirmed already.")
    await count_mail("verification", str(user.email))
    async with transaction() as change:
        await send_verification_soon(change, viewer.id)
    return str(user.email)
