"""A channel for each member, as newcomers get theirs when they enrol."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.database.raw import sql_migration

ID = "2026-11-24T00:12:00"
VERSION = "1.38.0"
DESCRIPTION = "A channel for each member, as newcomers get theirs when they enrol"

FORWARDS = "INSERT INTO channels (name) SELECT 'user:' || id FROM users ON CONFLICT DO NOTHING"
BACKWARDS = "DELETE FROM channels WHERE starts_with(name, 'user:')"


async def forwards() -> MigrationManager:
    return sql_migration(ID, DESCRIPTION, FORWARDS, BACKWARDS)
