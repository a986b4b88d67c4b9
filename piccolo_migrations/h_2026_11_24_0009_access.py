"""The internal channel on which every process hears what was revoked."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.database.raw import sql_migration

ID = "2026-11-24T00:09:00"
VERSION = "1.38.0"
DESCRIPTION = "The internal channel on which every process hears what was revoked"

FORWARDS = "INSERT INTO channels (name) VALUES ('access')"
BACKWARDS = "DELETE FROM channels WHERE name = 'access'"


async def forwards() -> MigrationManager:
    return sql_migration(ID, DESCRIPTION, FORWARDS, BACKWARDS)
