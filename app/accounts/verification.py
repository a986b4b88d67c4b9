"""Proof that an address is the member's: a link in a mail, good for 48 hours and once."""

import hashlib
import secrets
from typing import Literal

import msgspec

from app.database.engine import DB
from app.database.transaction import transaction
from app.web.errors import InvalidToken

VALID_HOURS = 48
KEPT_DAYS = 30

_ISSUE = """
INSERT INTO email_verifications ("user", email, token_hash, expires_at)
VALUES ($1, $2, $3, now() + make_interval(hours => $4))
"""
# In one statement: of two who come at once with the same token one finds it used.
_USE = """
UPDATE email_verifications AS v SET used_at = now() FROM users
WHERE v.token_hash = $1 AND v.used_at IS NULL AND v.expires_at > now()
    AND users.id = v."user" AND users.email = v.email
RETURNING v."user"
"""
_ACTIVATE = "UPDATE users SET activated_at = coalesce(activated_at, now()) WHERE id = $1"
_FIND = """
SELECT v.email, v.used_at IS NOT NULL AS used, v.expires_at > now() AND users.email = v.email AS alive
FROM email_verifications AS v JOIN users ON users.id = v."user" WHERE v.token_hash = $1
"""


class Link(msgspec.Struct, frozen=True):
    """What a link of a mail is still good for."""

    state: Literal["open", "used", "dead"]
    email: str = ""


async def issue(user_id: int, email: str) -> str:
    """A new token for this address, which is stored nowhere. Earlier ones stay good: their mail may come first."""
    token = secrets.token_urlsafe(32)
    async with transaction():
        await DB.fetch(_ISSUE, user_id, email, _hash(token), VALID_HOURS)
    return token


async def look_at(token: str) -> Link:
    """What the link is good for; looking does not use it up."""
    rows = await DB.fetch(_FIND, _hash(token))
    if not rows:
        return Link("dead")
    row = rows[0]
    return Link("used" if row["used"] else "open" if row["alive"] else "dead", row["email"])


async def verify(token: str) -> int:
    """Use the link up and note that the address is its member's; their id. Raises InvalidToken."""
    async with transaction():
        rows = await DB.fetch(_USE, _hash(token))
        if not rows:
            raise InvalidToken
        user_id: int = rows[0]["user"]
        await DB.fetch(_ACTIVATE, user_id)
    return user_id


async def drop_old() -> None:
    """Forget those that have been used or dead for a month."""
    await DB.fetch(
        "DELETE FROM email_verifications WHERE expires_at < now() - make_interval(days => $1)", KEPT_DAYS
    )


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
