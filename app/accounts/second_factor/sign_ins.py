"""Sign-ins that wait for their code: somebody knew the password, and has no session yet."""

import hashlib
import secrets

import msgspec

from app.database.engine import DB
from app.web.errors import InvalidToken

MINUTES = 10
TRIES = 5

_KEEP = """
INSERT INTO pending_sign_ins ("user", token_hash, expires_at) VALUES ($1, $2, now() + make_interval(mins => $3))
"""
_OPEN = f"token_hash = $1 AND expires_at > now() AND tries < {TRIES}"
_FIND = f"""
SELECT users.id, users.username, users.email
FROM pending_sign_ins JOIN users ON users.id = pending_sign_ins."user" WHERE {_OPEN}
"""
# Counted before the code is looked at: of many at once, no more than these are.
_TAKE_TRY = f"UPDATE pending_sign_ins SET tries = tries + 1 WHERE {_OPEN} RETURNING id"


class Waiting(msgspec.Struct, frozen=True):
    """Who is half in."""

    user_id: int
    username: str
    email: str


async def keep(user_id: int) -> str:
    """Note inside the caller's transaction that this member's password was right; the token, stored nowhere."""
    token = secrets.token_urlsafe(32)
    await DB.fetch(_KEEP, user_id, _hash(token), MINUTES)
    return token


async def find(token: str | None) -> Waiting | None:
    """Who waits under this token, while there is time and a try left."""
    rows = await DB.fetch(_FIND, _hash(token)) if token else []
    return Waiting(rows[0]["id"], rows[0]["username"], rows[0]["email"]) if rows else None


async def take_try(token: str) -> None:
    """Count one more code, inside the caller's transaction. Raises InvalidToken when there is nothing left."""
    if not await DB.fetch(_TAKE_TRY, _hash(token)):
        raise InvalidToken


async def drop(token: str) -> None:
    """Forget it, inside the caller's transaction."""
    await DB.fetch("DELETE FROM pending_sign_ins WHERE token_hash = $1", _hash(token))


async def drop_expired() -> None:
    await DB.fetch("DELETE FROM pending_sign_ins WHERE expires_at <= now()")


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
