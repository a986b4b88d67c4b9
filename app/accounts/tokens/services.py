"""The verbs of tokens: one transaction each, and only for who is signed in; no token makes another."""

import msgspec

from app.accounts.scopes import RANKS, SCOPES, reach
from app.accounts.tokens.queries import token_of
from app.accounts.tokens.schemas import NewToken, Token
from app.accounts.tokens.texts import hash_of, new_token
from app.accounts.viewer import Viewer, require_session
from app.database.engine import DB
from app.database.transaction import Change, transaction
from app.live.access import revoke
from app.web.errors import Conflict, FieldError, Invalid, NotFound

MOST = 50
# Members see for so long why a program of theirs has stopped.
KEPT_DAYS = 30

# Locks the member: of two who make the last one at once, the second sees that it is there.
_LOCK = "SELECT FROM users WHERE id = $1 FOR NO KEY UPDATE"
_COUNT = 'SELECT count(*) FROM api_tokens WHERE "user" = $1'
_INSERT = """
INSERT INTO api_tokens ("user", token_hash, name, scopes, expires_at) VALUES ($1, $2, $3, $4, $5) RETURNING *
"""
_DROP_EXPIRED = "DELETE FROM api_tokens WHERE expires_at < now() - make_interval(days => $1)"


async def make_token(viewer: Viewer, wanted: NewToken) -> Token:
    """Make a token; the answer alone holds its text. Raises Unauthenticated, OutOfScope, Invalid, Conflict."""
    user_id = require_session(viewer)
    if RANKS.index(viewer.role) < reach(wanted.scopes):
        raise Invalid([FieldError("scopes", "not_a_choice", "You can only lend what you have yourself.")])
    text = new_token()
    async with transaction():
        await DB.fetch(_LOCK, user_id)
        if (await DB.fetch(_COUNT, user_id))[0][0] >= MOST:
            raise Conflict(f"You have {MOST} tokens, as many as one may have. Revoke one first.")
        scopes = [scope for scope in SCOPES if scope in wanted.scopes]
        rows = await DB.fetch(_INSERT, user_id, hash_of(text), wanted.name.strip(), scopes, wanted.expires_at)
    return msgspec.structs.replace(token_of(rows[0]), token=text)


async def delete_token(viewer: Viewer, token_id: int) -> None:
    """Revoke one of the viewer's tokens; one that is gone already stays so.

    Raises Unauthenticated, OutOfScope, and NotFound for another member's.
    """
    user_id = require_session(viewer)
    async with transaction() as change:
        owners = await DB.fetch('SELECT "user" FROM api_tokens WHERE id = $1', token_id)
        if owners and owners[0]["user"] != user_id:
            raise NotFound
        await _drop(change, "id = $1", token_id)


async def drop_all(change: Change, user_id: int) -> None:
    """Revoke every token of a member inside the caller's transaction."""
    await _drop(change, '"user" = $1', user_id)


async def _drop(change: Change, condition: str, *args: object) -> None:
    rows = await DB.fetch(f"DELETE FROM api_tokens WHERE {condition} RETURNING id", *args)
    await revoke(change, *(f"token:{row['id']}" for row in rows))


async def drop_expired() -> None:
    await DB.fetch(_DROP_EXPIRED, KEPT_DAYS)
