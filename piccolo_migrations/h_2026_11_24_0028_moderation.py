"""What moderators did, line by line."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.database.raw import sql_migration

ID = "2026-11-24T00:28:00"
VERSION = "1.38.0"
DESCRIPTION = "What moderators did, line by line"

FORWARDS = """
-- No foreign keys: a line outlives whom and what it names, and ON DELETE SET NULL would be a change.
CREATE TABLE moderation_actions (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    actor bigint NOT NULL,
    action varchar(20) NOT NULL CONSTRAINT moderation_actions_action CHECK (action IN (
        'locked', 'unlocked', 'pinned', 'unpinned', 'removed', 'restored', 'suspended', 'unsuspended',
        'made_member', 'made_moderator', 'made_admin', 'account_deleted', 'flag_upheld', 'flag_dismissed')),
    subject_type varchar(10) NOT NULL
        CONSTRAINT moderation_actions_subject_type CHECK (subject_type IN ('post', 'comment', 'user')),
    subject_id bigint NOT NULL,
    reason text CONSTRAINT moderation_actions_reason CHECK (length(reason) BETWEEN 1 AND 1000),
    created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX moderation_actions_subject ON moderation_actions (subject_type, subject_id, id);
CREATE INDEX moderation_actions_kind ON moderation_actions (subject_type, id);
CREATE TRIGGER moderation_actions_append_only BEFORE UPDATE OR DELETE ON moderation_actions
    FOR EACH ROW EXECUTE FUNCTION hubbub_append_only();
"""

BACKWARDS = "DROP TABLE moderation_actions;"


async def forwards() -> MigrationManager:
    return sql_migration(ID, DESCRIPTION, FORWARDS, BACKWARDS)
