"""Whose archive it is, and how many rows there are to write."""

import msgspec

from app.database.engine import DB
from app.exports.sections import inventory

# Nothing that lets anybody in, and nothing that others wrote about the member.
_MEMBER = """
SELECT users.id, users.username, users.email, profiles.display_name AS name, profiles.bio, profiles.avatar,
    users.role, hubbub_time(users.created_at) AS created_at, hubbub_time(users.activated_at) AS activated_at,
    hubbub_time(profiles.onboarding_completed_at) AS onboarding_completed_at,
    (SELECT id::text FROM installation) AS community
FROM users JOIN profiles ON profiles."user" = users.id WHERE users.id = $1 AND users.left_at IS NULL
"""
# Each is told of twice, as JSON and as Markdown; what hangs on them is little beside them.
_COLUMNS = [name.split(".") for name in inventory.TOLD]
_COUNT = "SELECT 2 * (" + " + ".join(
    f'(SELECT count(*) FROM {table} WHERE "{column}" = $1)' for table, column in _COLUMNS
) + ")"  # fmt: skip


class Owner(msgspec.Struct, frozen=True, kw_only=True):
    """Whose archive it is. `community` tells ids of one community from those of another."""

    id: int
    username: str
    email: str
    name: str | None
    bio: str | None
    avatar: str | None
    role: str = "member"
    created_at: str
    activated_at: str | None
    onboarding_completed_at: str | None = None
    community: str


async def find_owner(user_id: int) -> Owner | None:
    rows = await DB.fetch(_MEMBER, user_id)
    return msgspec.convert(dict(rows[0]), Owner) if rows else None


async def count_all(user_id: int) -> int:
    """How many rows there are to write, about."""
    count: int = (await DB.fetch(_COUNT, user_id))[0][0]
    return count
