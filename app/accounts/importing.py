"""Members who come with an archive: no mail, no session, and as long here as the archive says."""

import secrets
from datetime import datetime

from app.accounts import enrolment
from app.accounts.schemas import Registration
from app.accounts.viewer import Viewer
from app.database.engine import DB
from app.database.transaction import transaction
from app.web.validation import read_fields

_FIND = """
SELECT users.id, users.username, coalesce(profiles.display_name, users.username) AS name, profiles.avatar
FROM users LEFT JOIN profiles ON profiles."user" = users.id WHERE users.email = $1 AND users.left_at IS NULL
"""
_DATE = "UPDATE users SET created_at = $2 WHERE id = $1"
_WELCOMED = """
UPDATE profiles SET onboarding_completed_at = $2 WHERE "user" = $1 AND onboarding_completed_at IS NULL
"""


async def find_or_enrol(email: str, username: str, name: str, bio: str | None, created: datetime) -> Viewer:
    """Who has this address, or a new member, who sets a password by way of a mailed link. Raises Invalid."""
    known = await _find(email)
    if known is not None:
        return known
    # Nobody knows this one, and the address is confirmed when its reader sets another.
    fields = {
        "username": username, "name": name, "email": email, "password": secrets.token_urlsafe(32),
        "profile": {"display_name": name, "bio": bio},
    }  # fmt: skip
    newcomer = await enrolment.look_through(read_fields(Registration, fields))
    async with transaction():
        await DB.fetch(_DATE, await enrolment.enrol(newcomer), created)
    found = await _find(email)
    if found is None:
        raise AssertionError(username)
    return found


async def import_welcome(user_id: int, completed: datetime) -> None:
    """Who was shown the first steps elsewhere is not shown them again."""
    async with transaction():
        await DB.fetch(_WELCOMED, user_id, completed)


async def _find(email: str) -> Viewer | None:
    rows = await DB.fetch(_FIND, enrolment.normal_email(email))
    if not rows:
        return None
    row = rows[0]
    return Viewer(
        id=row["id"], username=row["username"], name=row["name"], role="member", avatar_url=row["avatar"]
    )
