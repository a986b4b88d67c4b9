"""What is in an archive: the member, and one section for each kind of thing that is theirs."""

import msgspec

from app.database.engine import DB

# Every statement: $1 the key after which it goes on, $2 how many rows, $3 the member; it returns key and data.
_POSTS = """
SELECT id AS key, json_build_object('id', id, 'title', title, 'body', body, 'tags', tags,
    'created_at', hubbub_time(created_at), 'edited_at', hubbub_time(edited_at))::text AS data
FROM posts WHERE author = $3 AND removed_at IS NULL AND id > $1 ORDER BY id LIMIT $2
"""
_COMMENTS = """
SELECT comments.id AS key, json_build_object('id', comments.id, 'post_id', comments.post, 'post_title', posts.title,
    'parent_id', comments.parent, 'body', comments.body, 'created_at', hubbub_time(comments.created_at),
    'edited_at', hubbub_time(comments.edited_at))::text AS data
FROM comments JOIN posts ON posts.id = comments.post
WHERE comments.author = $3 AND comments.removed_at IS NULL AND comments.id > $1 ORDER BY comments.id LIMIT $2
"""
_REMOVED_POSTS = """
SELECT id AS key, json_build_object('id', id, 'title', title, 'body', body, 'tags', tags,
    'removed_by', removed_by, 'reason', removed_reason, 'removed_at', hubbub_time(removed_at),
    'created_at', hubbub_time(created_at))::text AS data
FROM posts WHERE author = $3 AND removed_at IS NOT NULL AND id > $1 ORDER BY id LIMIT $2
"""
_REMOVED_COMMENTS = """
SELECT id AS key, json_build_object('id', id, 'post_id', post, 'body', body,
    'removed_by', removed_by, 'reason', removed_reason, 'removed_at', hubbub_time(removed_at),
    'created_at', hubbub_time(created_at))::text AS data
FROM comments WHERE author = $3 AND removed_at IS NOT NULL AND id > $1 ORDER BY id LIMIT $2
"""
_REVISIONS = """
SELECT r.id AS key, json_build_object('subject', 'post:' || r.post, 'title', r.title, 'body', r.body,
    'created_at', hubbub_time(r.created_at))::text AS data
FROM posts JOIN post_revisions AS r ON r.post = posts.id WHERE posts.author = $3 AND r.id > $1 ORDER BY r.id LIMIT $2
"""
_COMMENT_REVISIONS = """
SELECT r.id AS key, json_build_object('subject', 'comment:' || r.comment, 'body', r.body,
    'created_at', hubbub_time(r.created_at))::text AS data
FROM comments JOIN comment_revisions AS r ON r.comment = comments.id
WHERE comments.author = $3 AND comments.removed_at IS NULL AND r.id > $1 ORDER BY r.id LIMIT $2
"""
_REACTIONS = """
SELECT id AS key, json_build_object('subject', coalesce('post:' || post, 'comment:' || comment), 'kind', kind,
    'created_at', hubbub_time(created_at))::text AS data
FROM reactions WHERE "user" = $3 AND id > $1 ORDER BY id LIMIT $2
"""
_DRAFTS = """
SELECT id AS key, json_build_object('subject', subject, 'title', title, 'body', body, 'tags', tags,
    'updated_at', hubbub_time(updated_at))::text AS data
FROM drafts WHERE "user" = $3 AND dropped_at IS NULL AND id > $1 ORDER BY id LIMIT $2
"""
_FOLLOWED_POSTS = """
SELECT post AS key, json_build_object('post_id', post, 'level', level, 'since', hubbub_time(since))::text AS data
FROM post_follows WHERE "user" = $3 AND post > $1 ORDER BY post LIMIT $2
"""
_FOLLOWED_MEMBERS = """
SELECT member AS key, json_build_object('username', users.username, 'since', hubbub_time(since))::text AS data
FROM member_follows JOIN users ON users.id = member WHERE "user" = $3 AND member > $1 ORDER BY member LIMIT $2
"""
_FOLLOWED_TAGS = """
SELECT key, data FROM (
    SELECT row_number() OVER (ORDER BY tag) AS key,
        json_build_object('tag', tag, 'since', hubbub_time(since))::text AS data
    FROM tag_follows WHERE "user" = $3
) AS followed WHERE key > $1 ORDER BY key LIMIT $2
"""
_BLOCKS = """
SELECT member AS key, json_build_object('username', users.username, 'since', hubbub_time(since))::text AS data
FROM blocks JOIN users ON users.id = member WHERE "user" = $3 AND member > $1 ORDER BY member LIMIT $2
"""
_SESSIONS = """
SELECT id AS key, json_build_object('device', device, 'address', address, 'created_at', hubbub_time(created_at),
    'last_used_at', hubbub_time(last_used_at))::text AS data
FROM sessions WHERE "user" = $3 AND id > $1 ORDER BY id LIMIT $2
"""
_TOKENS = """
SELECT id AS key, json_build_object('name', name, 'scopes', scopes, 'created_at', hubbub_time(created_at),
    'last_used_at', hubbub_time(last_used_at))::text AS data
FROM api_tokens WHERE "user" = $3 AND id > $1 ORDER BY id LIMIT $2
"""

SECTIONS = {
    "posts": _POSTS,
    "comments": _COMMENTS,
    "removed-posts": _REMOVED_POSTS,
    "removed-comments": _REMOVED_COMMENTS,
    "post-revisions": _REVISIONS,
    "comment-revisions": _COMMENT_REVISIONS,
    "reactions": _REACTIONS,
    "drafts": _DRAFTS,
    "followed-posts": _FOLLOWED_POSTS,
    "followed-members": _FOLLOWED_MEMBERS,
    "followed-tags": _FOLLOWED_TAGS,
    "blocks": _BLOCKS,
    "sessions": _SESSIONS,
    "tokens": _TOKENS,
}

# Nothing that lets anybody in, and nothing that others wrote about the member.
_MEMBER = """
SELECT users.id, users.username, users.email, profiles.display_name AS name, profiles.bio, profiles.avatar,
    hubbub_time(users.created_at) AS created_at, hubbub_time(users.activated_at) AS activated_at,
    (SELECT id::text FROM installation) AS community
FROM users JOIN profiles ON profiles."user" = users.id WHERE users.id = $1 AND users.left_at IS NULL
"""
# What is told of twice, as JSON and as Markdown, takes twice as long.
_COUNT = """
SELECT 2 * (SELECT count(*) FROM posts WHERE author = $1) + 2 * (SELECT count(*) FROM comments
    WHERE author = $1 AND removed_at IS NULL) + (SELECT count(*) FROM reactions WHERE "user" = $1)
"""


class Owner(msgspec.Struct, frozen=True, kw_only=True):
    """Whose archive it is. `community` tells ids of one community from those of another."""

    id: int
    username: str
    email: str
    name: str | None
    bio: str | None
    avatar: str | None
    created_at: str
    activated_at: str | None
    community: str


async def find_owner(user_id: int) -> Owner | None:
    rows = await DB.fetch(_MEMBER, user_id)
    return msgspec.convert(dict(rows[0]), Owner) if rows else None


async def count_all(user_id: int) -> int:
    """How many rows there are to write, about."""
    count: int = (await DB.fetch(_COUNT, user_id))[0][0]
    return count
