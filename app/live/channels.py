"""The names of channels, and `may_subscribe`, the only door to them."""

import re

from app.accounts.viewer import Viewer
from app.database.engine import DB

POSTS = "posts"
MODERATION = "moderation"
NAME = re.compile(r"(posts|moderation|(post|user):([1-9][0-9]{0,17}))\Z")


def post(post_id: int) -> str:
    return f"post:{post_id}"


async def may_subscribe(viewer: Viewer, channel: str) -> bool:
    """Whether this viewer may read the channel now; an unknown one reads as forbidden."""
    match = NAME.match(channel)
    if match is None or not viewer.has_scope("read"):
        return False
    if match[2] is None:
        return channel == POSTS or viewer.is_moderator
    number = int(match[3])
    return viewer.id == number if match[2] == "user" else await _may_read_post(viewer, number)


async def _may_read_post(viewer: Viewer, post_id: int) -> bool:
    rows = await DB.fetch("SELECT author, removed_at FROM posts WHERE id = $1", post_id)
    if not rows:
        return False
    return rows[0]["removed_at"] is None or viewer.is_moderator or viewer.is_member(rows[0]["author"])
