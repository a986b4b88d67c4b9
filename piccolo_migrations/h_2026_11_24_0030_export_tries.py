"""How often an archive was begun."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.database.raw import sql_migration

ID = "2026-11-24T00:30:00"
VERSION = "1.38.0"
DESCRIPTION = "How often an archive was begun"

FORWARDS = """
ALTER TABLE exports ADD COLUMN tries smallint NOT NULL DEFAULT 0
    CONSTRAINT exports_tries CHECK (tries >= 0);
"""

BACKWARDS = "ALTER TABLE exports DROP COLUMN tries;"


async def forwards() -> MigrationManager:
    return sql_migration(ID, DESCRIPTION, FORWARDS, BACKWARDS)
