"""The verbs of follows: one transaction each. Blocks are in `blocks.py`."""

from app.accounts import queries as accounts
from app.accounts.viewer import Viewer, require_member
from app.database.engine import DB
from app.database.transaction import transaction
from app.follows.schemas import FollowSettings
from app.notifications.jobs import notify_follow, settle_soon
from app.posts.queries import get_post
from app.posts.schemas import Post
from app.web.errors import Conflict, NotFound

_SET = """
INSERT INTO post_follows ("user", post, level) VALUES ($1, $2, $3)
ON CONFLICT ("user", post) DO UPDATE SET level = excluded.level, since = now()
    WHERE post_follows.level <> excluded.level
"""
_END = """
INSERT INTO post_follows ("user", post, level) VALUES ($1, $2, 'normal')
ON CONFLICT ("user", post) DO UPDATE SET level = 'normal', since = now() WHERE post_follows.level = $3
"""
# Who has decided otherwise before is not asked again.
_FOLLOW_OWN = """
INSERT INTO post_follows ("user", post, level) SELECT $1, $2, 'following'
WHERE NOT EXISTS (SELECT FROM follow_settings WHERE "user" = $1 AND NOT own_posts) ON CONFLICT DO NOTHING
"""
_APART = "SELECT $2 = ANY(hubbub_hidden_from($1)) OR $1 = ANY(hubbub_hidden_from($2))"
_FOLLOW_MEMBER = """
INSERT INTO member_follows ("user", member) SELECT $1, id FROM users WHERE id = $2 AND left_at IS NULL
ON CONFLICT DO NOTHING
"""
_FOLLOW_TAG = """
INSERT INTO tag_follows ("user", tag) SELECT $1, name FROM tags WHERE name = $2 ON CONFLICT DO NOTHING
"""
_KEEP_SETTINGS = """
INSERT INTO follow_settings ("user", own_posts, answered_posts) VALUES ($1, $2, $3)
ON CONFLICT ("user") DO UPDATE SET own_posts = excluded.own_posts, answered_posts = excluded.answered_posts
"""


async def follow_post(viewer: Viewer, post_id: int) -> Post:
    """Hear of what is said there; a muted one is muted no more. Raises Unauthenticated, NotFound."""
    return await _set(viewer, post_id, "following")


async def mute_post(viewer: Viewer, post_id: int) -> Post:
    """Hear nothing of it, and not see it in lists; it is not followed any more. Raises the same."""
    return await _set(viewer, post_id, "muted")


async def unfollow_post(viewer: Viewer, post_id: int) -> Post:
    """Again does nothing; a muted one stays so. Raises the same."""
    return await _end(viewer, post_id, "following")


async def unmute_post(viewer: Viewer, post_id: int) -> Post:
    return await _end(viewer, post_id, "muted")


async def follow_own(author: Viewer, post_id: int) -> None:
    """Inside the change that makes the post: its author follows it, unless they want no such thing."""
    await DB.fetch(_FOLLOW_OWN, author.id, post_id)


async def follow_member(viewer: Viewer, member_id: int) -> None:
    """Hear of what they post. Raises Unauthenticated, NotFound, Conflict (oneself; a block between the two)."""
    user_id = require_member(viewer)
    await accounts.get_user(viewer, member_id)
    if user_id == member_id:
        raise Conflict("Nobody follows themself.")
    async with transaction() as change:
        if (await DB.fetch(_APART, user_id, member_id))[0][0]:
            raise Conflict("One of you has blocked the other.")
        await DB.fetch(_FOLLOW_MEMBER, user_id, member_id)
        await change.enqueue(notify_follow, follower_id=user_id, member_id=member_id)


async def unfollow_member(viewer: Viewer, member_id: int) -> None:
    user_id = require_member(viewer)
    async with transaction() as change:
        await DB.fetch('DELETE FROM member_follows WHERE "user" = $1 AND member = $2', user_id, member_id)
        await settle_soon(change, member_id)


async def follow_tag(viewer: Viewer, name: str) -> None:
    """Hear of posts with this tag. Raises Unauthenticated, NotFound (no post ever had it)."""
    user_id = require_member(viewer)
    tag = name.lower()
    if not await DB.fetch("SELECT FROM tags WHERE name = $1", tag):
        raise NotFound
    async with transaction():
        await DB.fetch(_FOLLOW_TAG, user_id, tag)


async def unfollow_tag(viewer: Viewer, name: str) -> None:
    user_id = require_member(viewer)
    async with transaction():
        await DB.fetch('DELETE FROM tag_follows WHERE "user" = $1 AND tag = $2', user_id, name.lower())


async def keep_settings(viewer: Viewer, wanted: FollowSettings) -> None:
    user_id = require_member(viewer)
    async with transaction():
        await DB.fetch(_KEEP_SETTINGS, user_id, wanted.own_posts, wanted.answered_posts)


async def _set(viewer: Viewer, post_id: int, level: str) -> Post:
    user_id = require_member(viewer)
    await get_post(viewer, post_id)
    async with transaction():
        await DB.fetch(_SET, user_id, post_id, level)
    return await get_post(viewer, post_id)


async def _end(viewer: Viewer, post_id: int, level: str) -> Post:
    user_id = require_member(viewer)
    await get_post(viewer, post_id)
    async with transaction():
        await DB.fetch(_END, user_id, post_id, level)
    return await get_post(viewer, post_id)
