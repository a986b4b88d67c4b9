"""The names of channels, and `may_subscribe`, the only door to them."""

import re

from app.accounts.viewer import ANONYMOUS, Viewer
from app.live.standings import Standing, standings

POSTS = "posts"
MODERATION = "moderation"
NAME = re.compile(r"(posts|moderation|(post|user):([1-9][0-9]{0,17}))\Z")


def post(post_id: int) -> str:
    return f"post:{post_id}"


def user(user_id: int) -> str:
    return f"user:{user_id}"


async def may_subscribe(viewer: Viewer, channel: str) -> Standing | None:
    """Where the channel stands, for one who may read it now; None for everybody else, and where there is none."""
    standing = await standings.of(channel) if NAME.match(channel) else None
    return standing if admits(viewer, channel, standing) else None


def is_public(channel: str, standing: Standing | None) -> bool:
    return admits(ANONYMOUS, channel, standing)


def admits(viewer: Viewer, channel: str, standing: Standing | None) -> bool:
    """Whether this viewer may read a channel that stands so; None where there is none."""
    if standing is None or not viewer.has_scope("read"):
        return False
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
