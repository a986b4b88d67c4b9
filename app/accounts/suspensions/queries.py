"""Reading suspensions."""

import msgspec

from app.accounts.viewer import Viewer, require_moderator
from app.database.engine import DB
from app.times import iso, iso_or_none

_FIND = """
SELECT suspensions.*, users.username FROM suspensions LEFT JOIN users ON users.id = suspensions.moderator
WHERE suspensions."user" = $1 AND (until IS NULL OR until > now())
"""


class Decision(msgspec.Struct, frozen=True):
    """A suspension as moderators see it: what, since when, and by whom."""

    until: str | None
    reason: str
    since: str
    by: str | None


async def find_decision(moderator: Viewer, user_id: int) -> Decision | None:
    """What stands about this member now. Raises Unauthenticated, Forbidden."""
    require_moderator(moderator)
    rows = await DB.fetch(_FIND, user_id)
    if not rows:
        return None
    row = rows[0]
    return Decision(iso_or_none(row["until"]), row["reason"], iso(row["created_at"]), row["username"])
