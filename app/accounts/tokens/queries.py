"""Reading one's own tokens."""

from collections.abc import Mapping
from typing import Any

import msgspec

from app.accounts.tokens.schemas import Token
from app.accounts.tokens.texts import hash_of
from app.accounts.viewer import Viewer, require_session
from app.database.engine import DB
from app.times import iso, iso_or_none

# Whatever a cookie says that somebody else has set, only one's own token is shown as one's own.
_FIND_MADE = """
SELECT * FROM api_tokens
WHERE "user" = $1 AND token_hash = $2 AND last_used_at IS NULL AND created_at > now() - interval '5 minutes'
"""


async def list_tokens(viewer: Viewer) -> list[Token]:
    """The viewer's tokens, the newest first, expired ones too. Raises Unauthenticated, OutOfScope."""
    rows = await DB.fetch(
        'SELECT * FROM api_tokens WHERE "user" = $1 ORDER BY id DESC', require_session(viewer)
    )
    return [token_of(row) for row in rows]


async def find_made(viewer: Viewer, text: str) -> Token | None:
    """The viewer's token that has this text, if it was made a moment ago. Raises as `list_tokens` does."""
    rows = await DB.fetch(_FIND_MADE, require_session(viewer), hash_of(text))
    return msgspec.structs.replace(token_of(rows[0]), token=text) if rows else None


def token_of(row: Mapping[str, Any]) -> Token:
    return Token(
        id=row["id"],
        name=row["name"],
        scopes=row["scopes"],
        created_at=iso(row["created_at"]),
        last_used_at=iso_or_none(row["last_used_at"]),
        expires_at=iso_or_none(row["expires_at"]),
    )
