"""Whether a code is good: of the app, in its time and once, or a recovery code, once."""

from datetime import timedelta

from app.accounts.jobs import send_second_factor_notice_soon
from app.accounts.second_factor.queries import is_on
from app.accounts.second_factor.texts import hash_of, is_code, is_recovery_code, plain, step_of
from app.database.engine import DB
from app.database.transaction import Change
from app.web.errors import FieldError, OtpInvalid, OtpRequired, RateLimited, Refusal

# Ten tries at once, and one more every six minutes: of a million codes, 240 a day. Whoever gets this far
# knows the password, and the member has recovery codes, which nobody guesses and which are not counted.
TRY = timedelta(minutes=6)
TRIES = 10

# One statement, which also locks the row: of many at once, each is counted before it is looked at.
_TAKE_TRY = """
UPDATE second_factors SET tried_until = greatest(tried_until, now()) + $2::interval
WHERE "user" = $1 AND confirmed_at IS NOT NULL AND greatest(tried_until, now()) <= now() + $3::interval
RETURNING totp_secret, greatest(tried_until, now()) > now() + $3::interval AS last
"""
# A code is spent with every one before it; of two who come with the same one, the second changes no row.
_USE_STEP = """
UPDATE second_factors SET last_step = $2, tried_until = now()
WHERE "user" = $1 AND (last_step IS NULL OR last_step < $2) RETURNING id
"""
# Whoever goes on trying is no news within a day.
_WARN = """
UPDATE second_factors SET warned_at = now()
WHERE "user" = $1 AND (warned_at IS NULL OR warned_at < now() - interval '1 day') RETURNING id
"""
_USE_RECOVERY_CODE = 'DELETE FROM recovery_codes WHERE "user" = $1 AND code_hash = $2 RETURNING id'


async def check(change: Change, user_id: int, otp: str) -> Refusal | None:
    """What is in the way of somebody who knows the password: nothing, or what the caller is to raise.

    Only after the commit, or the try would not count: inside the caller's transaction, which holds the member.
    """
    if not await is_on(user_id):
        return None
    given = plain(otp)
    if not given:
        return OtpRequired(errors=[FieldError("otp", OtpRequired.code, OtpRequired.message)])
    if is_recovery_code(given):
        return None if await _use_recovery_code(change, user_id, given) else otp_invalid()
    return await check_code(change, user_id, given) if is_code(given) else otp_invalid()


async def check_code(change: Change, user_id: int, otp: str, field: str = "otp") -> Refusal | None:
    """The same for a code of the app alone."""
    tries = await DB.fetch(_TAKE_TRY, user_id, TRY, TRY * (TRIES - 1))
    if not tries:
        message = "Too many codes were wrong. Wait some minutes, or use a recovery code."
        return RateLimited(message, seconds=int(TRY.total_seconds()))
    step = step_of(tries[0]["totp_secret"], plain(otp))
    if step is not None and await DB.fetch(_USE_STEP, user_id, step):
        return None
    if tries[0]["last"] and await DB.fetch(_WARN, user_id):
        await send_second_factor_notice_soon(change, user_id, "tries")
    return otp_invalid(field)


def otp_invalid(field: str = "otp") -> OtpInvalid:
    return OtpInvalid(errors=[FieldError(field, OtpInvalid.code, OtpInvalid.message)])


async def _use_recovery_code(change: Change, user_id: int, code: str) -> bool:
    used = await DB.fetch(_USE_RECOVERY_CODE, user_id, hash_of(code))
    if used:
        await send_second_factor_notice_soon(change, user_id, "recovery")
    return bool(used)
