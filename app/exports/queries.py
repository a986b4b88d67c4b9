"""Reading one's own exports."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

from app.accounts.viewer import Viewer, require_member
from app.database.engine import DB
from app.exports.schemas import Export, ShownExport
from app.times import iso, iso_or_none
from app.web.errors import NotFound

SHOWN = 5

_GET = 'SELECT * FROM exports WHERE id = $2 AND "user" = $1'
_LIST = f'SELECT * FROM exports WHERE "user" = $1 ORDER BY id DESC LIMIT {SHOWN}'
_PART = "SELECT body FROM export_parts WHERE export = $1 AND number = $2"


async def get_export(viewer: Viewer, export_id: int) -> Export:
    """One of the viewer's own. Raises Unauthenticated, NotFound."""
    rows = await DB.fetch(_GET, require_member(viewer), export_id)
    if not rows:
        raise NotFound
    return export_of(rows[0])


async def list_exports(viewer: Viewer) -> list[ShownExport]:
    """The newest few of the viewer's own, newest first. Raises Unauthenticated."""
    rows = await DB.fetch(_LIST, require_member(viewer))
    return [ShownExport(export_of(row), row["tries"] > 0) for row in rows]


async def get_file(viewer: Viewer, export_id: int) -> tuple[Export, AsyncIterator[bytes]]:
    """The export and its file, part by part. Raises Unauthenticated, NotFound (expired or not there yet, too)."""
    export = await get_export(viewer, export_id)
    if export.url is None:
        raise NotFound
    return export, _parts(export_id)


async def _parts(export_id: int) -> AsyncIterator[bytes]:
    number = 0
    while rows := await DB.fetch(_PART, export_id, number):
        yield rows[0]["body"]
        number += 1


def export_of(row: Any) -> Export:
    is_there = row["status"] == "done" and row["expires_at"] > datetime.now(UTC)
    return Export(
        id=row["id"],
        status=row["status"],
        progress=row["progress"],
        size=row["size"],
        url=f"/api/v1/exports/{row['id']}/file" if is_there else None,
        expires_at=iso_or_none(row["expires_at"]),
        created_at=iso(row["created_at"]),
    )
