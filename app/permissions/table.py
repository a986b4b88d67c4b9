"""The table, whole."""

from app.permissions.accounts import ACCOUNTS
from app.permissions.channels import CHANNELS
from app.permissions.flags import FLAGS
from app.permissions.follows import DRAFTS, FOLLOWS, NOTIFICATIONS
from app.permissions.moderation import MODERATION
from app.permissions.rows import Row
from app.permissions.site import SITE
from app.permissions.threads import COMMENTS, POSTS

__all__ = ["CHANNELS", "ROUTES"]

ROUTES: list[Row] = [
    *ACCOUNTS,
    *POSTS,
    *COMMENTS,
    *FOLLOWS,
    *DRAFTS,
    *NOTIFICATIONS,
    *MODERATION,
    *FLAGS,
    *SITE,
]
