"""The names of channels, and `may_subscribe`, the only door to them."""

import re

from app.accounts.viewer import Viewer
from app.live.standings import Standing, standings

POSTS = "posts"
MODERATION = "moderation"
NAME = re.compile(r"(posts|moderation|(post|user):([1-9][0-9]{0,17}))\Z")


def post(post_id: int) -> str:
    return f"post:{post_id}"


async def may_subscribe(viewer: Viewer, channel: str) -> bool:
    """Whether this viewer may read the channel now; an unknown one reads as forbidden."""
    return await readable(viewer, channel) is not None


async def readable(viewer: Viewer, channel: str) -> Standing | None:
    """Where the channel stands, for one who may read it now; None for everybody else."""
    may_read = NAME.match(channel) is not None and viewer.has_scope("read")
    standing = await standings.of(channel) if may_read else None
    return standing if standing is not None and _admits(viewer, channel, standing) else None


def _admits(viewer: Viewer, channel: str, standing: Standing) -> bool:
    noun, _, number = channel.partition(":")
    match noun:
        case "posts":
            return True
        case "post":
            return standing.post is not None and (
                not standing.removed or viewer.is_moderator or viewer.is_member(standing.author)
            )
        case "user":
            return viewer.id == int(number)
    return viewer.is_moderator
