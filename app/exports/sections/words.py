"""What a member wrote, as it stands, as it stood, and where it was taken away."""

from app.exports.sections.section import Section

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
    'created_at', hubbub_time(created_at), 'edited_at', hubbub_time(edited_at))::text AS data
FROM posts WHERE author = $3 AND removed_at IS NOT NULL AND id > $1 ORDER BY id LIMIT $2
"""
_REMOVED_COMMENTS = """
SELECT comments.id AS key, json_build_object('id', comments.id, 'post_id', comments.post, 'post_title', posts.title,
    'parent_id', comments.parent, 'body', comments.body, 'removed_by', comments.removed_by,
    'reason', comments.removed_reason, 'removed_at', hubbub_time(comments.removed_at),
    'created_at', hubbub_time(comments.created_at), 'edited_at', hubbub_time(comments.edited_at))::text AS data
FROM comments JOIN posts ON posts.id = comments.post
WHERE comments.author = $3 AND comments.removed_at IS NOT NULL AND comments.id > $1 ORDER BY comments.id LIMIT $2
"""
_REVISIONS = """
SELECT r.id AS key, json_build_object('subject', 'post:' || r.post, 'title', r.title, 'body', r.body,
    'editor', users.username, 'created_at', hubbub_time(r.created_at))::text AS data
FROM posts JOIN post_revisions AS r ON r.post = posts.id LEFT JOIN users ON users.id = r.editor
WHERE posts.author = $3 AND r.id > $1 ORDER BY r.id LIMIT $2
"""
_COMMENT_REVISIONS = """
SELECT r.id AS key, json_build_object('subject', 'comment:' || r.comment, 'body', r.body,
    'editor', users.username, 'created_at', hubbub_time(r.created_at))::text AS data
FROM comments JOIN comment_revisions AS r ON r.comment = comments.id LEFT JOIN users ON users.id = r.editor
WHERE comments.author = $3 AND r.id > $1 ORDER BY r.id LIMIT $2
"""
_DRAFTS = """
SELECT id AS key, json_build_object('subject', subject, 'title', title, 'body', body, 'tags', tags,
    'updated_at', hubbub_time(updated_at))::text AS data
FROM drafts WHERE "user" = $3 AND dropped_at IS NULL AND id > $1 ORDER BY id LIMIT $2
"""

POSTS = Section("posts", "Posts", _POSTS)
COMMENTS = Section("comments", "Replies", _COMMENTS)
SECTIONS = (
    POSTS,
    COMMENTS,
    Section("removed-posts", "Posts that were removed", _REMOVED_POSTS),
    Section("removed-comments", "Replies that were removed", _REMOVED_COMMENTS),
    Section("post-revisions", "What your posts said before", _REVISIONS),
    Section("comment-revisions", "What your replies said before", _COMMENT_REVISIONS),
    Section("drafts", "Drafts", _DRAFTS),
)
