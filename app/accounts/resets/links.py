"""Links that set a new password: good for two hours, and until a password or an address changes."""

import hashlib
import secrets

import msgspec

from app.database.engine import DB
from app.database.transaction import transaction

VALID_HOURS = 2
# Somebody who presses the button again and again gets one mail a minute.
PAUSE_SECONDS = 60

# Locks the member. A change of password or address that goes on at the same time is waited for, and ends
# links that were written before it (the trigger on `users`).
_MEMBER = "SELECT id, email, username FROM users WHERE email = $1 AND left_at IS NULL FOR NO KEY UPDATE"
_RECENT = """
SELECT FROM password_resets
WHERE "user" = $1 AND request <> $2 AND created_at > now() - make_interval(secs => $3) LIMIT 1
"""
_ISSUE = """
INSERT INTO password_resets ("user", request, token_hash, expires_at)
VALUES ($1, $2, $3, now() + make_interval(hours => $4))
"""
_FIND = """
SELECT users.id, users.email FROM password_resets AS r JOIN users ON users.id = r."user"
WHERE r.token_hash = $1 AND r.expires_at > now() AND users.left_at IS NULL
"""
_DROP_OLD = "DELETE FROM password_resets WHERE expires_at <= now()"


class Issued(msgspec.Struct, frozen=True):
    """A link for a mail, and whose it is; the token is stored nowhere."""

    user_id: int
    email: str
    username: str
    token: str


class Holder(msgspec.Struct, frozen=True):
    """Whose password a link sets."""

    user_id: int
    email: str


async def issue(email: str, request: str) -> Issued | None:
    """A new link for the member with this normal address; None where nobody has it, or got one a moment ago."""
    token = secrets.token_urlsafe(32)
    async with transaction():
        rows = await DB.fetch(_MEMBER, email)
        if not rows or await DB.fetch(_RECENT, rows[0]["id"], request, float(PAUSE_SECONDS)):
            return None
        await DB.fetch(_ISSUE, rows[0]["id"], request, hash_of(token), VALID_HOURS)
    return Issued(rows[0]["id"], rows[0]["email"], rows[0]["username"], token)


async def find(token: str) -> Holder | None:
    """Whose link this is, while it is good; looking does not use it up."""
    rows = await DB.fetch(_FIND, hash_of(token))
    return Holder(rows[0]["id"], rows[0]["email"]) if rows else None


async def drop_old() -> None:
    await DB.fetch(_DROP_OLD)


def hash_of(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
