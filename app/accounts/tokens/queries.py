"""Reading one's own tokens."""

from collections.abc import Mapping
from typing import Any

from app.accounts.tokens.schemas import Token
from app.accounts.viewer import Viewer, require_session
from app.database.engine import DB
from app.times import iso, iso_or_none


async def list_tokens(viewer: Viewer) -> list[Token]:
    """The viewer's tokens, the newest first, expired ones too. Raises Unauthenticated, OutOfScope."""
    rows = await DB.fetch(
        'SELECT * FROM api_tokens WHERE "user" = $1 ORDER BY id DESC', require_session(viewer)
    )
    return [token_of(row) for row in rows]


def token_of(row: Mapping[str, Any]) -> Token:
    return Token(
        id=row["id"],
        name=row["name"],
        scopes=row["scopes"],
        created_at=iso(row["created_at"]),
        last_used_at=iso_or_none(row["last_used_at"]),
        expires_at=iso_or_none(row["expires_at"]),
    )
