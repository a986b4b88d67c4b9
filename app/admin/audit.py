"""The one way into `admin_changes`."""

from collections.abc import Mapping
from typing import Any

import msgspec

from app.accounts.viewer import Viewer
from app.database.engine import DB

_NOTE = """
INSERT INTO admin_changes (admin, admin_username, table_name, row_id, action, before, after)
VALUES ($1, $2, $3, $4, 'change', $5, $6)
"""
_NOTE_REMOVAL = """
INSERT INTO admin_changes (admin, admin_username, table_name, row_id, action, before)
VALUES ($1, $2, $3, $4, 'delete', $5)
"""


async def note_change(
    admin: Viewer, table: str, row_id: int, before: Mapping[str, Any], after: Mapping[str, Any]
) -> None:
    """Write down what an admin changed, inside the caller's transaction; only what differs is kept."""
    changed = [name for name in after if before[name] != after[name]]
    old, new = ({name: row[name] for name in changed} for row in (before, after))
    await DB.fetch(_NOTE, admin.id, admin.username, table, str(row_id), _json(old), _json(new))


async def note_removal(admin: Viewer, table: str, row_id: int, before: Mapping[str, Any]) -> None:
    """Write down what an admin deleted, inside the caller's transaction."""
    await DB.fetch(_NOTE_REMOVAL, admin.id, admin.username, table, str(row_id), _json(before))


def _json(values: Mapping[str, Any]) -> str:
    return msgspec.json.encode(values).decode()
