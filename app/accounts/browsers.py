"""Browsers that somebody was signed in with: strangers' failed sign-ins do not slow them down."""

import hashlib
import secrets

from app.database.engine import DB

KEPT_DAYS = 400

_KEEP = """
INSERT INTO known_browsers ("user", token_hash) VALUES ($1, $2)
ON CONFLICT (token_hash, "user") DO UPDATE SET last_used_at = now()
"""
_IS_NEW = """
SELECT EXISTS (SELECT FROM known_browsers WHERE "user" = $1)
    AND NOT EXISTS (SELECT FROM known_browsers WHERE "user" = $1 AND token_hash = $2) AS is_new
"""
_DROP_OLD = "DELETE FROM known_browsers WHERE last_used_at < now() - make_interval(days => $1)"


def new_browser() -> str:
    """The token of a browser that has none yet. It lets nobody in anywhere."""
    return secrets.token_urlsafe(32)


async def remember(user_id: int, token: str) -> None:
    """Note, inside the caller's transaction, that this member proved to be themselves in this browser."""
    if token:
        await DB.fetch(_KEEP, user_id, hash_of(token))


async def is_new(user_id: int, token: str) -> bool:
    """Whether this member was known in other browsers, and not in this one."""
    return bool((await DB.fetch(_IS_NEW, user_id, hash_of(token)))[0]["is_new"])


async def drop_old() -> None:
    await DB.fetch(_DROP_OLD, KEPT_DAYS)


def hash_of(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
