"""The names of channels, and who may read each: `read_rules` is the only door to them."""

import re
from collections.abc import Collection

import asyncpg
import msgspec

from app.accounts.viewer import Viewer
from app.database.engine import DB

POSTS = "posts"
MODERATION = "moderation"
NAME = re.compile(r"(posts|moderation|(post|user):([1-9][0-9]{0,17}))\Z")

# Removal and position are of one snapshot: who sees the one can wait for the event that told of it.
_POSTS = """
SELECT channels.name, channels.seq, posts.author, posts.removed_at IS NOT NULL AS removed
FROM posts JOIN channels ON channels.name = 'post:' || posts.id WHERE posts.id = ANY($1::bigint[])
"""


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """Who may read one channel; with nothing set, nobody. `tip` is where it stood when that was read."""

    everybody: bool = False
    moderators: bool = False
    member: int | None = None
    removed: bool = False
    tip: int = 0

    def admits(self, viewer: Viewer) -> bool:
        return self.everybody or (self.moderators and viewer.is_moderator) or viewer.is_member(self.member)


NOBODY = Rule()
_FIXED = {POSTS: Rule(everybody=True), MODERATION: Rule(moderators=True)}


def post(post_id: int) -> str:
    return f"post:{post_id}"


async def may_subscribe(viewer: Viewer, channel: str) -> bool:
    """Whether this viewer may read the channel now; an unknown one reads as forbidden."""
    return (await read_rule(channel)).admits(viewer)


async def read_rule(channel: str) -> Rule:
    return (await read_rules([channel]))[channel]


async def read_rules(channels: Collection[str]) -> dict[str, Rule]:
    """Who may read each of these channels now, in one statement at most."""
    rules = {channel: _fixed(channel) for channel in channels}
    numbers = [int(match[3]) for c in channels if (match := NAME.match(c)) and match[2] == "post"]
    if numbers:
        rules |= {row["name"]: _of_post(row) for row in await DB.fetch(_POSTS, numbers)}
    return rules


def _fixed(channel: str) -> Rule:
    match = NAME.match(channel)
    if match is None or match[2] == "post":
        return NOBODY
    return Rule(member=int(match[3])) if match[2] == "user" else _FIXED[channel]


def _of_post(row: asyncpg.Record) -> Rule:
    if row["removed"]:
        return Rule(moderators=True, member=row["author"], removed=True, tip=row["seq"])
    return Rule(everybody=True, tip=row["seq"])
