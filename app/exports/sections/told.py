"""What a member was told."""

from app.exports.sections.section import Section

# `place` is the order of the list: a bundle that has grown stands above what is older.
_NOTIFICATIONS = """
SELECT n.id AS key, json_build_object('kind', n.kind, 'key', n.key,
    'subject', coalesce('post:' || n.post, 'comment:' || n.comment, 'user:' || n.member),
    'title', posts.title, 'member', member.username,
    'actors', ARRAY(SELECT actor.username FROM notification_actors AS acting
        JOIN users AS actor ON actor.id = acting.actor WHERE acting.notification = n.id ORDER BY acting.id),
    'cause', n.cause, 'note', n.note, 'place', n.seq, 'created_at', hubbub_time(n.created_at),
    'read_at', hubbub_time(n.read_at), 'mailed_at', hubbub_time(mailed.created_at))::text AS data
FROM notifications AS n LEFT JOIN comments ON comments.id = n.comment
LEFT JOIN posts ON posts.id = coalesce(n.post, comments.post) AND posts.removed_at IS NULL
LEFT JOIN users AS member ON member.id = n.member LEFT JOIN notification_mails AS mailed ON mailed.id = n.mailed
WHERE n."user" = $3 AND n.id > $1 ORDER BY n.id LIMIT $2
"""

SECTIONS = (Section("notifications", "What you were told", _NOTIFICATIONS),)
