"""JSON: exports, and their files."""

from typing import Any

from litestar import Controller, Response, get, post
from litestar.response import Stream

from app.accounts.viewer import Viewer
from app.exports import queries, services
from app.exports.schemas import Export
from app.live.stream import UNCOMPRESSED
from app.web.envelope import Success, accepted, ok
from app.web.suspension import ALSO_SUSPENDED

ZIP = "application/zip"


class ExportsController(Controller):
    path = "/api/v1/exports"
    tags = ["exports"]

    @post("/", status_code=202, opt=ALSO_SUSPENDED)
    async def ask(self, viewer: Viewer) -> Response[Success[Export]]:
        return accepted(await services.ask_for_export(viewer))

    @get("/{export_id:int}")
    async def show(self, viewer: Viewer, export_id: int) -> Response[Success[Export]]:
        response = ok(await queries.get_export(viewer, export_id))
        response.headers["Cache-Control"] = "no-store"
        return response

    @get("/{export_id:int}/file", opt={UNCOMPRESSED: True}, media_type=ZIP)
    async def download(self, viewer: Viewer, export_id: int) -> Response[Any]:
        export, parts = await queries.get_file(viewer, export_id)
        headers = {
            "Content-Length": str(export.size),
            "Content-Disposition": f'attachment; filename="hubbub-{viewer.username}-{export.created_at[:10]}.zip"',
            "Cache-Control": "private, no-store",
            "ETag": f'"export-{export_id}"',
        }
        return Stream(parts, media_type=ZIP, headers=headers)
