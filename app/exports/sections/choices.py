"""What a member decided: how they react, what they follow, whom they block, how they are told."""

from app.exports.sections.section import Section

_REACTIONS = """
SELECT id AS key, json_build_object('subject', coalesce('post:' || post, 'comment:' || comment), 'kind', kind,
    'created_at', hubbub_time(created_at))::text AS data
FROM reactions WHERE "user" = $3 AND id > $1 ORDER BY id LIMIT $2
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
_FOLLOW_SETTINGS = """
SELECT 1 AS key, json_build_object('own_posts', own_posts, 'answered_posts', answered_posts)::text AS data
FROM follow_settings WHERE "user" = $3 AND 1 > $1 LIMIT $2
"""
_READS = """
SELECT post AS key, json_build_object('post_id', post, 'comment_id', comment,
    'updated_at', hubbub_time(updated_at))::text AS data
FROM reads WHERE "user" = $3 AND post > $1 ORDER BY post LIMIT $2
"""
_NOTIFICATION_SETTINGS = """
SELECT id AS key, json_build_object('kind', kind, 'delivery', delivery)::text AS data
FROM notification_settings WHERE "user" = $3 AND id > $1 ORDER BY id LIMIT $2
"""
_DIGESTS = """
SELECT id AS key, json_build_object('created_at', hubbub_time(created_at),
    'sent_at', hubbub_time(sent_at))::text AS data
FROM digests WHERE "user" = $3 AND id > $1 ORDER BY id LIMIT $2
"""
_STOPPED_MAILS = """
SELECT id AS key, json_build_object('list', list, 'created_at', hubbub_time(created_at))::text AS data
FROM unsubscriptions WHERE "user" = $3 AND id > $1 ORDER BY id LIMIT $2
"""

SECTIONS = (
    Section("reactions", "Reactions", _REACTIONS),
    Section("reads", "How far you have read", _READS),
    Section("followed-posts", "Posts that you follow or muted", _FOLLOWED_POSTS),
    Section("followed-members", "Members that you follow", _FOLLOWED_MEMBERS),
    Section("followed-tags", "Tags that you follow", _FOLLOWED_TAGS),
    Section("blocks", "Members that you block", _BLOCKS),
    Section("follow-settings", "What you follow by yourself", _FOLLOW_SETTINGS),
    Section("notification-settings", "How you are told", _NOTIFICATION_SETTINGS),
    Section("digests", "The weekly digest", _DIGESTS),
    Section("stopped-mails", "Mails that you stopped", _STOPPED_MAILS),
)
