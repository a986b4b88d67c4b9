"""What a member reported, what was decided about them, and what they decide as a moderator or an admin."""

from app.exports.sections.section import Section

_SUSPENSIONS = """
SELECT id AS key, json_build_object('reason', reason, 'until', hubbub_time(until),
    'created_at', hubbub_time(created_at))::text AS data
FROM suspensions WHERE "user" = $3 AND id > $1 ORDER BY id LIMIT $2
"""
_SUSPENSIONS_GIVEN = """
SELECT suspensions.id AS key, json_build_object('username', users.username, 'reason', reason,
    'until', hubbub_time(until), 'created_at', hubbub_time(suspensions.created_at))::text AS data
FROM suspensions JOIN users ON users.id = suspensions."user"
WHERE moderator = $3 AND suspensions.id > $1 ORDER BY suspensions.id LIMIT $2
"""
# What the rows said before and after is about others.
_ADMIN_CHANGES = """
SELECT id AS key, json_build_object('table', table_name, 'row', row_id, 'action', action,
    'at', hubbub_time(at))::text AS data
FROM admin_changes WHERE admin = $3 AND id > $1 ORDER BY id LIMIT $2
"""
_SUBJECT = "coalesce('post:' || flags.post, 'comment:' || flags.comment, 'user:' || flags.member)"
_FLAGS = f"""
SELECT id AS key, json_build_object('subject', {_SUBJECT}, 'reason', reason, 'note', note, 'status', status,
    'created_at', hubbub_time(created_at), 'resolved_at', hubbub_time(resolved_at))::text AS data
FROM flags WHERE reporter = $3 AND id > $1 ORDER BY id LIMIT $2
"""
_FLAGS_RESOLVED = f"""
SELECT id AS key, json_build_object('subject', {_SUBJECT}, 'reason', reason, 'status', status,
    'resolved_at', hubbub_time(resolved_at))::text AS data
FROM flags WHERE resolver = $3 AND id > $1 ORDER BY id LIMIT $2
"""
_ACTIONS = """
SELECT id AS key, json_build_object('action', action, 'subject', subject_type || ':' || subject_id,
    'reason', reason, 'created_at', hubbub_time(created_at))::text AS data
FROM moderation_actions WHERE actor = $3 AND id > $1 ORDER BY id LIMIT $2
"""
# By whom is nobody's business, nor that somebody reported them.
_DECISIONS = """
SELECT id AS key, json_build_object('action', action, 'reason', reason,
    'created_at', hubbub_time(created_at))::text AS data
FROM moderation_actions WHERE subject_type = 'user' AND subject_id = $3 AND action NOT LIKE 'flag%'
    AND id > $1 ORDER BY id LIMIT $2
"""

SECTIONS = (
    Section("decisions", "What was decided about you", _DECISIONS),
    Section("moderation-actions", "What you decided as a moderator", _ACTIONS),
    Section("flags", "What you reported", _FLAGS),
    Section("flags-resolved", "Reports that you decided on", _FLAGS_RESOLVED),
    Section("suspensions", "Your suspension", _SUSPENSIONS),
    Section("suspensions-given", "Suspensions that you decided", _SUSPENSIONS_GIVEN),
    Section("admin-changes", "What you changed as an admin", _ADMIN_CHANGES),
)
