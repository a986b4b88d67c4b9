"""Whose token it is that a request or a socket came with."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any

from app.accounts.scopes import lent_role
from app.accounts.sessions import TOUCH_SECONDS
from app.accounts.suspended import COLUMNS, JOINED, suspension_of
from app.accounts.tokens.texts import TOKEN, hash_of
from app.accounts.viewer import Viewer
from app.database.engine import DB

_FIND = f"""
SELECT api_tokens.id AS token_id, api_tokens.scopes, api_tokens.last_used_at, api_tokens.expires_at,
    users.id, users.username, users.role, coalesce(profiles.display_name, users.username) AS name, profiles.avatar,
    hubbub_hidden_from(users.id) AS hidden, {COLUMNS}
FROM api_tokens JOIN users ON users.id = api_tokens."user" AND users.left_at IS NULL
LEFT JOIN profiles ON profiles."user" = users.id {JOINED}
WHERE (api_tokens.expires_at IS NULL OR api_tokens.expires_at > now())
"""


async def find_holder(token: str) -> Viewer | None:
    """Who asks with this token, within its scopes; None for an unknown, revoked or expired one."""
    rows = await DB.fetch(f"{_FIND} AND token_hash = $1", hash_of(token)) if TOKEN.match(token) else []
    if not rows:
        return None
    await _touch(rows[0])
    return _holder(rows[0])


async def find_holders(token_ids: Collection[int]) -> list[Viewer]:
    """Who has these tokens, in one statement; those that were revoked or have expired are left out."""
    rows = await DB.fetch(f"{_FIND} AND api_tokens.id = ANY($1::bigint[])", token_ids)
    return [_holder(row) for row in rows]


def _holder(row: Any) -> Viewer:
    suspension = suspension_of(row)
    return Viewer(
        id=row["id"], username=row["username"], name=row["name"], avatar_url=row["avatar"],
        role="member" if suspension else lent_role(row["role"], row["scopes"]), full_role=row["role"],
        token_id=row["token_id"], scopes=frozenset(row["scopes"]), expires_at=row["expires_at"],
        hidden=frozenset(row["hidden"]), suspension=suspension,
    )  # fmt: skip


async def _touch(row: Any) -> None:
    used = row["last_used_at"]
    # A revocation at this moment has deleted the row, and then nothing is updated: it stays revoked.
    if used is None or datetime.now(UTC) - used > timedelta(seconds=TOUCH_SECONDS):
        await DB.fetch("UPDATE api_tokens SET last_used_at = now() WHERE id = $1", row["token_id"])
