"""How a member comes in: without anything that would let somebody else in."""

from app.exports.sections.section import Section

_SESSIONS = """
SELECT id AS key, json_build_object('device', device, 'address', address, 'created_at', hubbub_time(created_at),
    'last_used_at', hubbub_time(last_used_at))::text AS data
FROM sessions WHERE "user" = $3 AND id > $1 ORDER BY id LIMIT $2
"""
_TOKENS = """
SELECT id AS key, json_build_object('name', name, 'scopes', scopes, 'created_at', hubbub_time(created_at),
    'last_used_at', hubbub_time(last_used_at), 'expires_at', hubbub_time(expires_at))::text AS data
FROM api_tokens WHERE "user" = $3 AND id > $1 ORDER BY id LIMIT $2
"""
_KNOWN_BROWSERS = """
SELECT id AS key, json_build_object('created_at', hubbub_time(created_at),
    'last_used_at', hubbub_time(last_used_at))::text AS data
FROM known_browsers WHERE "user" = $3 AND id > $1 ORDER BY id LIMIT $2
"""
_SECOND_FACTOR = """
SELECT id AS key, json_build_object('created_at', hubbub_time(created_at), 'confirmed_at', hubbub_time(confirmed_at),
    'recovery_codes', (SELECT count(*) FROM recovery_codes WHERE "user" = $3))::text AS data
FROM second_factors WHERE "user" = $3 AND id > $1 ORDER BY id LIMIT $2
"""
_CONFIRMATIONS = """
SELECT id AS key, json_build_object('email', email, 'created_at', hubbub_time(created_at),
    'used_at', hubbub_time(used_at))::text AS data
FROM email_verifications WHERE "user" = $3 AND id > $1 ORDER BY id LIMIT $2
"""
_ADDRESS_CHANGES = """
SELECT id AS key, json_build_object('email', email, 'created_at', hubbub_time(created_at))::text AS data
FROM email_changes WHERE "user" = $3 AND id > $1 ORDER BY id LIMIT $2
"""
_ARCHIVES = """
SELECT id AS key, json_build_object('status', status, 'size', size, 'created_at', hubbub_time(created_at),
    'expires_at', hubbub_time(expires_at))::text AS data
FROM exports WHERE "user" = $3 AND id > $1 ORDER BY id LIMIT $2
"""

SECTIONS = (
    Section("sessions", "Where you are signed in", _SESSIONS),
    Section("known-browsers", "Browsers that we know", _KNOWN_BROWSERS),
    Section("tokens", "Tokens for programs", _TOKENS),
    Section("second-factor", "The second step when you sign in", _SECOND_FACTOR),
    Section("address-confirmations", "Addresses that you were to confirm", _CONFIRMATIONS),
    Section("address-changes", "A new address that waits", _ADDRESS_CHANGES),
    Section("archives", "Archives that you asked for", _ARCHIVES),
)
