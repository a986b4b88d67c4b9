"""Who is hidden from whom by blocks: the rule, in one place."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.database.raw import sql_migration

ID = "2026-11-24T00:25:00"
VERSION = "1.38.0"
DESCRIPTION = "Who is hidden from whom by blocks"

FORWARDS = """
-- Whom the reader has blocked, and who has blocked the reader; but nobody can hide from those who keep order.
CREATE FUNCTION hubbub_hidden_from(reader bigint) RETURNS bigint[] LANGUAGE sql STABLE AS $$
    SELECT ARRAY(
        SELECT member FROM blocks WHERE blocks."user" = reader
        UNION SELECT blocks."user" FROM blocks WHERE blocks.member = reader
            AND EXISTS (SELECT FROM users WHERE users.id = reader AND users.role = 'member')
    )
$$;
"""

BACKWARDS = "DROP FUNCTION hubbub_hidden_from;"


async def forwards() -> MigrationManager:
    return sql_migration(ID, DESCRIPTION, FORWARDS, BACKWARDS)
