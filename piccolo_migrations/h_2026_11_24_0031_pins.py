"""Pinned posts, found at once among all others."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.database.raw import sql_migration

ID = "2026-11-24T00:31:00"
VERSION = "1.38.0"
DESCRIPTION = "Pinned posts, found at once among all others"

FORWARDS = (
    "CREATE INDEX posts_pinned ON posts (pinned_at) WHERE pinned_at IS NOT NULL AND removed_at IS NULL;"
)

BACKWARDS = "DROP INDEX posts_pinned;"


async def forwards() -> MigrationManager:
    return sql_migration(ID, DESCRIPTION, FORWARDS, BACKWARDS)
