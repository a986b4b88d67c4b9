"""Reading what a member follows, mutes and blocks; always their own."""

from typing import Any

from app.accounts import authors
from app.accounts.viewer import Viewer, require_member
from app.database.engine import DB
from app.follows.schemas import Block, FollowedPost, Follows, FollowSettings, Ties
from app.posts.schemas import post_url

_HIDDEN = f"""
SELECT {authors.COLUMNS}, EXISTS (SELECT FROM blocks WHERE blocks."user" = $1 AND member = users.id) AS own
FROM users LEFT JOIN profiles ON profiles."user" = users.id
WHERE users.id = ANY(hubbub_hidden_from($1)) AND users.left_at IS NULL
"""
_PEOPLE = f"""
SELECT {authors.COLUMNS} FROM member_follows JOIN users ON users.id = member AND users.left_at IS NULL
LEFT JOIN profiles ON profiles."user" = users.id
WHERE member_follows."user" = $1 ORDER BY lower(users.username)
"""
_POSTS = """
SELECT posts.id, posts.title, level FROM post_follows JOIN posts ON posts.id = post
WHERE post_follows."user" = $1 AND level <> 'normal' AND removed_at IS NULL ORDER BY since DESC, posts.id DESC LIMIT $2
"""
_TIES = """
SELECT EXISTS (SELECT FROM member_follows WHERE "user" = $1 AND member = $2) AS following,
    EXISTS (SELECT FROM blocks WHERE "user" = $1 AND member = $2) AS blocked
"""
# Whoever follows more finds the older ones among the posts themselves, with `?following=true`.
POSTS_SHOWN = 200


async def list_blocks(viewer: Viewer, page: int, per_page: int) -> tuple[list[Block], int]:
    """Who is hidden from the viewer, their own blocks first, and how many. Raises Unauthenticated."""
    user_id = require_member(viewer)
    counted = await DB.fetch(f"SELECT count(*) FROM ({_HIDDEN}) AS hidden", user_id)
    rows = await DB.fetch(
        f"{_HIDDEN} ORDER BY own DESC, lower(users.username) LIMIT $2 OFFSET $3",
        user_id, per_page, (page - 1) * per_page,
    )  # fmt: skip
    return [_block(row) for row in rows], counted[0][0]


async def ties_to(viewer: Viewer, member_id: int) -> Ties:
    """How the viewer stands to this member; to nobody in any way when not signed in."""
    if viewer.id is None or viewer.id == member_id:
        return Ties(following=False, blocked=False)
    row = (await DB.fetch(_TIES, viewer.id, member_id))[0]
    return Ties(row["following"], row["blocked"])


async def follows_tag(viewer: Viewer, name: str) -> bool:
    if viewer.id is None:
        return False
    return bool(await DB.fetch('SELECT FROM tag_follows WHERE "user" = $1 AND tag = $2', viewer.id, name))


async def read_follows(viewer: Viewer) -> Follows:
    """All of it, of one moment; five queries. Raises Unauthenticated."""
    user_id = require_member(viewer)
    async with DB.snapshot():
        people = await DB.fetch(_PEOPLE, user_id)
        tags = await DB.fetch('SELECT tag FROM tag_follows WHERE "user" = $1 ORDER BY tag', user_id)
        posts = await DB.fetch(_POSTS, user_id, POSTS_SHOWN)
        blocks = await DB.fetch(f"{_HIDDEN} ORDER BY lower(users.username)", user_id)
        settings = await DB.fetch('SELECT * FROM follow_settings WHERE "user" = $1', user_id)
    return Follows(
        people=[author for row in people if (author := authors.author_of(row))],
        tags=[row["tag"] for row in tags],
        posts=[_post(row) for row in posts if row["level"] == "following"],
        muted=[_post(row) for row in posts if row["level"] == "muted"],
        blocks=[_block(row) for row in blocks if row["own"]],
        settings=_settings(settings),
    )


def _settings(rows: list[Any]) -> FollowSettings:
    if not rows:
        return FollowSettings()
    return FollowSettings(own_posts=rows[0]["own_posts"], answered_posts=rows[0]["answered_posts"])


def _post(row: Any) -> FollowedPost:
    return FollowedPost(row["id"], row["title"], post_url(row["id"], row["title"]))


def _block(row: Any) -> Block:
    return Block(
        row["author_id"], row["author_username"], row["author_name"], row["author_avatar"], row["author_role"],
        row["own"],
    )  # fmt: skip
