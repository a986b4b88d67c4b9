"""What comes with an archive of what somebody follows, mutes and blocks; a decision made here stays as it is.

Others are known by their names. Each verb says whether what it did is new, or None where whom it is about is not here.
"""

from datetime import datetime

from app.accounts.viewer import Viewer, require_member
from app.database.engine import DB
from app.database.transaction import transaction
from app.follows.blocks import block_member
from app.follows.schemas import FollowSettings
from app.tags.services import know_tags
from app.web.errors import Refusal

_POST = """
INSERT INTO post_follows ("user", post, level, since) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING post
"""
_TAG = """
INSERT INTO tag_follows ("user", tag, since) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING tag
"""
_FIND = "SELECT id FROM users WHERE lower(username) = lower($2) AND left_at IS NULL AND id <> $1"
_MEMBER = """
INSERT INTO member_follows ("user", member, since) SELECT $1, $2, $3
WHERE NOT ($2 = ANY(hubbub_hidden_from($1)) OR $1 = ANY(hubbub_hidden_from($2)))
ON CONFLICT DO NOTHING RETURNING member
"""
_IS_BLOCKED = 'SELECT FROM blocks WHERE "user" = $1 AND member = $2'
_DATE_BLOCK = 'UPDATE blocks SET since = $3 WHERE "user" = $1 AND member = $2'
_SETTINGS = """
INSERT INTO follow_settings ("user", own_posts, answered_posts) VALUES ($1, $2, $3)
ON CONFLICT DO NOTHING RETURNING "user"
"""


async def import_post_follow(viewer: Viewer, post_id: int, level: str, since: datetime) -> bool:
    return await _insert(_POST, require_member(viewer), post_id, level, since)


async def import_tag_follow(viewer: Viewer, tag: str, since: datetime) -> bool:
    """A tag that no post here has yet may have one later."""
    async with transaction():
        await know_tags([tag])
        return bool(await DB.fetch(_TAG, require_member(viewer), tag, since))


async def import_member_follow(viewer: Viewer, username: str, since: datetime) -> bool | None:
    """They are told nothing. Where one has blocked the other there is nothing to follow."""
    member_id = await _find(viewer, username)
    return None if member_id is None else await _insert(_MEMBER, require_member(viewer), member_id, since)


async def import_block(viewer: Viewer, username: str, since: datetime) -> bool | None:
    member_id = await _find(viewer, username)
    if member_id is None:
        return None
    if await DB.fetch(_IS_BLOCKED, viewer.id, member_id):
        return False
    try:
        await block_member(viewer, member_id)
    except Refusal:
        return None
    async with transaction():
        await DB.fetch(_DATE_BLOCK, viewer.id, member_id, since)
    return True


async def import_settings(viewer: Viewer, wanted: FollowSettings) -> bool:
    return await _insert(_SETTINGS, require_member(viewer), wanted.own_posts, wanted.answered_posts)


async def _find(viewer: Viewer, username: str) -> int | None:
    rows = await DB.fetch(_FIND, require_member(viewer), username)
    return rows[0]["id"] if rows else None


async def _insert(statement: str, *values: object) -> bool:
    async with transaction():
        return bool(await DB.fetch(statement, *values))
