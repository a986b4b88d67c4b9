"""Reading how a member wants to be told."""

import msgspec

from app.database.engine import DB
from app.notifications.schemas import DEFAULTS
from app.notifications.settings.schemas import NotificationSettings

_READ = """
SELECT kind, delivery FROM notification_settings WHERE "user" = $1
UNION ALL SELECT 'weekly_digest', 'on' FROM digests WHERE "user" = $1
"""


async def read_settings(user_id: int) -> NotificationSettings:
    """What they chose, and for the rest what holds for everybody."""
    chosen = {row["kind"]: row["delivery"] for row in await DB.fetch(_READ, user_id)}
    digest = chosen.pop("weekly_digest", None) is not None
    return msgspec.convert({**DEFAULTS, **chosen, "weekly_digest": digest}, NotificationSettings)
