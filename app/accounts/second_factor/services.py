"""The verbs of the second factor: one transaction each, and only for who is signed in."""

from app.accounts import sessions
from app.accounts.jobs import send_second_factor_notice_soon
from app.accounts.second_factor import texts
from app.accounts.second_factor.checks import check, check_code, otp_invalid
from app.accounts.second_factor.drawing import draw
from app.accounts.second_factor.queries import begun_secret, is_on
from app.accounts.second_factor.schemas import Confirmation, Ending, Enrolment, NewFactor, RecoveryCodes
from app.accounts.security.proof import prove, wrong
from app.accounts.viewer import Viewer, require_session
from app.database.engine import DB
from app.database.transaction import Change, transaction
from app.settings import settings
from app.web.errors import Conflict, Invalid, NotFound, Refusal

# Held by every change and every sign-in of a member: one in progress knows whether a code is to be asked for.
_LOCK = "SELECT FROM users WHERE id = $1 AND password = $2 FOR NO KEY UPDATE"
_LOCK_NAMED = "SELECT id FROM users WHERE lower(username) = lower($1) FOR NO KEY UPDATE"
_BEGIN = """
INSERT INTO second_factors AS known ("user", totp_secret) VALUES ($1, $2)
ON CONFLICT ("user") DO UPDATE SET totp_secret = $2, created_at = now() WHERE known.confirmed_at IS NULL RETURNING id
"""
_CONFIRM = """
UPDATE second_factors SET confirmed_at = now(), last_step = $2, tried_until = now()
WHERE "user" = $1 AND confirmed_at IS NULL AND totp_secret = $3 RETURNING id
"""
_DROP = 'DELETE FROM second_factors WHERE "user" = $1'
_DROP_CODES = 'DELETE FROM recovery_codes WHERE "user" = $1'
_KEEP_CODES = 'INSERT INTO recovery_codes ("user", code_hash) SELECT $1, unnest($2::bytea[])'
_DROP_PENDING = 'DELETE FROM pending_sign_ins WHERE "user" = $1'


async def begin(viewer: Viewer, wanted: NewFactor) -> Enrolment:
    """A new secret, which is asked for only when a first code has confirmed it.

    Raises Unauthenticated, OutOfScope, Invalid, Conflict (it is on already).
    """
    user_id = require_session(viewer)
    stored = await prove(user_id, wanted.password)
    secret = texts.new_secret()
    async with transaction():
        if not await DB.fetch(_LOCK, user_id, stored):
            raise Invalid([wrong("password")])
        if not await DB.fetch(_BEGIN, user_id, secret):
            raise Conflict("Codes are asked for already. End that first.")
    return enrolment_of(viewer, secret)


def enrolment_of(viewer: Viewer, secret: str) -> Enrolment:
    uri = texts.uri_of(secret, viewer.username, settings.name)
    return Enrolment(secret=secret, uri=uri, qr_svg=draw(uri))


async def confirm(viewer: Viewer, wanted: Confirmation) -> RecoveryCodes:
    """Ask for codes from now on, and end all other sessions: they were opened by the password alone.

    Where it is on already, the code gives new recovery codes. The answer alone holds these.
    Raises Unauthenticated, OutOfScope, OtpInvalid, RateLimited, Conflict (nothing was begun).
    """
    user_id = require_session(viewer)
    codes, refusal = texts.new_recovery_codes(), None
    async with transaction() as change:
        await DB.fetch("SELECT FROM users WHERE id = $1 FOR NO KEY UPDATE", user_id)
        known = await is_on(user_id)
        if known:
            refusal = await check_code(change, user_id, wanted.code, "code")
        else:
            await _turn_on(change, viewer, user_id, wanted.code)
        if refusal is None:
            await _replace_codes(user_id, codes)
            await send_second_factor_notice_soon(change, user_id, "codes" if known else "on")
    _raise(refusal)
    return RecoveryCodes(recovery_codes=codes)


async def end(viewer: Viewer, wanted: Ending) -> None:
    """Ask for no codes any more; where none are asked for, it stays so.

    Raises Unauthenticated, OutOfScope, Invalid, OtpRequired, OtpInvalid, RateLimited.
    """
    user_id = require_session(viewer)
    stored = await prove(user_id, wanted.password)
    async with transaction() as change:
        if not await DB.fetch(_LOCK, user_id, stored):
            raise Invalid([wrong("password")])
        known = await is_on(user_id)
        refusal = await check(change, user_id, wanted.otp or "")
        if refusal is None:
            await _turn_off(change, user_id, known=known)
    _raise(refusal)


async def end_for(username: str) -> bool:
    """The same for somebody who can run commands on the server; whether codes were asked for. Raises NotFound."""
    async with transaction() as change:
        rows = await DB.fetch(_LOCK_NAMED, username)
        if not rows:
            raise NotFound
        user_id: int = rows[0]["id"]
        known = await is_on(user_id)
        await _turn_off(change, user_id, known=known)
    return known


async def _turn_on(change: Change, viewer: Viewer, user_id: int, code: str) -> None:
    secret = await begun_secret(user_id)
    if secret is None:
        raise Conflict("There is nothing to confirm. Begin again.")
    step = texts.step_of(secret, texts.plain(code)) if texts.is_code(texts.plain(code)) else None
    if step is None or not await DB.fetch(_CONFIRM, user_id, step, secret):
        raise otp_invalid("code")
    await sessions.drop_others(change, user_id, viewer.session_id)


async def _turn_off(change: Change, user_id: int, *, known: bool) -> None:
    for statement in (_DROP, _DROP_CODES, _DROP_PENDING):
        await DB.fetch(statement, user_id)
    if known:
        await send_second_factor_notice_soon(change, user_id, "off")


async def _replace_codes(user_id: int, codes: list[str]) -> None:
    await DB.fetch(_DROP_CODES, user_id)
    await DB.fetch(_KEEP_CODES, user_id, [texts.hash_of(code) for code in codes])


def _raise(refusal: Refusal | None) -> None:
    """After the commit, as a try that failed must count."""
    if refusal is not None:
        raise refusal
