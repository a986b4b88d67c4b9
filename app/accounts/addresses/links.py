"""Links that confirm a new address: good for a day, for the one change that they were sent for."""

import hashlib
import secrets

import msgspec

from app.database.engine import DB

VALID_HOURS = 24

# Earlier tokens of the same change stay good: their mail may come first.
_ISSUE = """
UPDATE email_changes AS c SET token_hashes = array_append(c.token_hashes, $2) FROM users
WHERE c.id = $1 AND c.expires_at > now() AND users.id = c."user" RETURNING c.email, users.username
"""
_FIND = """
SELECT id, email FROM email_changes
WHERE "user" = $1 AND token_hashes @> ARRAY[$2::bytea] AND expires_at > now()
"""
_PENDING = 'SELECT id, email FROM email_changes WHERE "user" = $1 AND expires_at > now()'
_DROP_OLD = "DELETE FROM email_changes WHERE expires_at <= now()"


class Issued(msgspec.Struct, frozen=True):
    """A link for a mail; the token is stored nowhere."""

    email: str
    username: str
    token: str


class Wanted(msgspec.Struct, frozen=True):
    """An address that somebody has yet to confirm."""

    id: int
    email: str


async def issue(change_id: int) -> Issued | None:
    """A link for this change; None when it was confirmed, taken back, overtaken, or is too old."""
    token = secrets.token_urlsafe(32)
    rows = await DB.fetch(_ISSUE, change_id, _hash(token))
    return Issued(rows[0]["email"], rows[0]["username"], token) if rows else None


async def find(user_id: int, token: str) -> Wanted | None:
    """The address that this link confirms for this member; looking does not use it up."""
    rows = await DB.fetch(_FIND, user_id, _hash(token))
    return Wanted(rows[0]["id"], rows[0]["email"]) if rows else None


async def find_pending(user_id: int) -> Wanted | None:
    """The address that this member has asked for."""
    rows = await DB.fetch(_PENDING, user_id)
    return Wanted(rows[0]["id"], rows[0]["email"]) if rows else None


async def drop_old() -> None:
    await DB.fetch(_DROP_OLD)


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
