"""Reading members."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from app.accounts.schemas import Profile, Suspension, User
from app.accounts.suspended import COLUMNS, JOINED
from app.accounts.viewer import Viewer
from app.database.engine import DB
from app.times import iso, iso_or_none
from app.web.errors import NotFound

SELECT = f"""
SELECT users.*, profiles.display_name, profiles.bio, profiles.bio_html, profiles.avatar,
    profiles.onboarding_completed_at, {COLUMNS}
FROM (SELECT * FROM users WHERE left_at IS NULL) AS users LEFT JOIN profiles ON profiles."user" = users.id {JOINED}
"""


async def get_self(user_id: int) -> User:
    """A member as they see themselves. Raises NotFound."""
    return await get_user(Viewer(id=user_id), user_id)


async def get_user(viewer: Viewer, user_id: int) -> User:
    """A member as this viewer sees them. Raises NotFound."""
    rows = await DB.fetch(f"{SELECT} WHERE users.id = $1", user_id)
    if not rows:
        raise NotFound
    return for_viewer(rows[0], viewer)


async def get_by_username(viewer: Viewer, username: str) -> User:
    """The same by a name in whatever case. Raises NotFound."""
    rows = await DB.fetch(f"{SELECT} WHERE lower(users.username) = lower($1)", username)
    if not rows:
        raise NotFound
    return for_viewer(rows[0], viewer)


async def list_admins() -> list[int]:
    """The ids of those who run the community."""
    return [row["id"] for row in await DB.fetch("SELECT id FROM users WHERE role = 'admin' ORDER BY id")]


async def find_credentials(email: str) -> tuple[int, str] | None:
    """Id and password hash of the member with this normal e-mail address."""
    rows = await DB.fetch("SELECT id, password FROM users WHERE lower(email) = $1", email)
    return (rows[0]["id"], rows[0]["password"]) if rows else None


async def find_taken(username: str, email: str) -> set[str]:
    """Which of `username` and `email` somebody has already."""
    rows = await DB.fetch(
        """SELECT bool_or(lower(username) = lower($1)) AS username, bool_or(lower(email) = $2) AS email
        FROM users WHERE lower(username) = lower($1) OR lower(email) = $2""",
        username,
        email,
    )
    return {field for field in ("username", "email") if rows[0][field]}


def for_viewer(row: Mapping[str, Any], viewer: Viewer) -> User:
    """The member in a row of `SELECT`, with what only they and admins see."""
    user = _public(row)
    if not (viewer.is_member(row["id"]) or viewer.is_admin):
        return user
    return msgspec.structs.replace(
        user,
        email=row["email"],
        activated_at=iso_or_none(row["activated_at"]),
        onboarding_completed_at=iso_or_none(row["onboarding_completed_at"]),
        admin_notes=row["admin_notes"] if viewer.is_admin else UNSET,
        suspension=_suspension(row) if viewer.is_admin else UNSET,
    )


def _suspension(row: Mapping[str, Any]) -> Suspension | UnsetType:
    if not row["is_suspended"]:
        return UNSET
    return Suspension(until=iso_or_none(row["suspended_until"]), reason=row["suspension_reason"])


def _public(row: Mapping[str, Any]) -> User:
    return User(
        id=row["id"],
        username=row["username"],
        name=row["display_name"] or row["username"],
        role=row["role"],
        avatar_url=row["avatar"],
        posts_count=row["posts_count"],
        comments_count=row["comments_count"],
        created_at=iso(row["created_at"]),
        profile=Profile(display_name=row["display_name"], bio=row["bio"], bio_html=row["bio_html"]),
    )
