"""HTML: one's archive, from asking for it to fetching it."""

from typing import Any

from litestar import Controller, Response, get, post

from app.accounts.settings.layout import Asked, show_settings
from app.accounts.viewer import Viewer
from app.exports.mails import size_in_words
from app.exports.queries import list_exports
from app.exports.services import ask_for_export
from app.exports.states import KEPT_DAYS
from app.web.errors import RateLimited
from app.web.forms import see_other
from app.web.suspension import ALSO_SUSPENDED


class ExportPages(Controller):
    path = "/settings/export"
    include_in_schema = False

    @get("/")
    async def show(self, request: Asked, viewer: Viewer) -> Response[Any]:
        return await _show(request, viewer)

    @post("/", opt=ALSO_SUSPENDED)
    async def ask(self, request: Asked, viewer: Viewer) -> Response[Any]:
        try:
            await ask_for_export(viewer)
        except RateLimited as refusal:
            response = await _show(request, viewer, refusal.message, 429)
            response.headers.update(refusal.headers)
            return response
        return see_other("/settings/export")


async def _show(request: Asked, viewer: Viewer, trouble: str = "", status_code: int = 200) -> Response[Any]:
    exports = await list_exports(viewer)
    newest = exports[0] if exports else None
    return await show_settings(
        request, viewer, "export", status_code=status_code, exports=exports, newest=newest,
        trouble=trouble, days=KEPT_DAYS, size_in_words=size_in_words,
    )  # fmt: skip
