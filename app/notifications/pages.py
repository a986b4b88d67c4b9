"""HTML: `/notifications`, what concerns one."""

from typing import Any

from litestar import Controller, Request, Response, get, post

from app.accounts.viewer import Viewer
from app.notifications import queries, services
from app.web.cursors import place_of
from app.web.forms import read_form, see_other
from app.web.sizes import FEW_WORDS
from app.web.suspension import ALSO_SUSPENDED
from app.web.templates import page

Asked = Request[Any, Any, Any]
SHOWN = 30


class NotificationPages(Controller):
    path = "/notifications"
    include_in_schema = False
    opt = ALSO_SUSPENDED
    request_max_body_size = FEW_WORDS

    @get("/")
    async def show_notifications(
        self, request: Asked, viewer: Viewer, unread: bool = False, cursor: str | None = None
    ) -> Response[Any]:
        listed, position = await queries.read_page(
            viewer, unread=unread, before=place_of(cursor), limit=SHOWN
        )
        return page(
            request, "notifications.html",
            listed=listed, position=position, unread=unread, first=cursor is None,
        )  # fmt: skip

    @post("/{notification_id:int}")
    async def mark_read(self, request: Asked, viewer: Viewer, notification_id: int) -> Response[Any]:
        form = await read_form(request, "read")
        await services.mark_read(viewer, notification_id, read=form.values["read"] != "false")
        return see_other("/notifications")

    @post("/read")
    async def read_all(self, viewer: Viewer) -> Response[Any]:
        await services.read_all(viewer)
        return see_other("/notifications")
