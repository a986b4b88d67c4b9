"""Migrations in plain SQL: constraints, functions and partial indexes say exactly what they are."""

from collections.abc import Awaitable, Callable

from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from app.database.engine import DB


def sql_migration(migration_id: str, description: str, forwards: str, backwards: str) -> MigrationManager:
    """A reversible migration that runs one script of SQL each way, in the transaction of `migrations`."""
    manager = MigrationManager(migration_id=migration_id, app_name="hubbub", description=description)
    # Piccolo's own transaction would end before it notes that the migration was applied.
    manager.wrap_in_transaction = False
    manager.add_raw(_runs(forwards))
    manager.add_raw_backwards(_runs(backwards))
    return manager


def _runs(script: str) -> Callable[[], Awaitable[None]]:
    async def run() -> None:
        await DB.execute(script)

    return run
