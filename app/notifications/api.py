"""JSON: one's own notifications."""

from typing import Annotated

from litestar import Controller, Response, get, patch, post
from litestar.params import Parameter

from app.accounts.viewer import Viewer
from app.notifications import queries, services
from app.notifications.schemas import Notification, ReadState
from app.web.cursors import Cursor, CursorMeta, place_of
from app.web.envelope import Success, ok
from app.web.sizes import FEW_WORDS
from app.web.suspension import ALSO_SUSPENDED

Limit = Annotated[int, Parameter(ge=1, le=100)]


class NotificationsController(Controller):
    path = "/api/v1/notifications"
    tags = ["notifications"]
    opt = ALSO_SUSPENDED
    request_max_body_size = FEW_WORDS

    @get("/")
    async def list_notifications(
        self,
        viewer: Viewer,
        unread: bool = False,
        cursor: Cursor = None,
        limit: Limit = 20,
    ) -> Response[Success[list[Notification]]]:
        """Newest first; a cursor is what the answer before gave."""
        listed = await queries.list_notifications(viewer, unread=unread, before=place_of(cursor), limit=limit)
        return ok(listed.notifications, meta=CursorMeta(listed.next_cursor))

    @patch("/{notification_id:int}")
    async def mark_read(
        self, viewer: Viewer, notification_id: int, data: ReadState
    ) -> Response[Success[Notification]]:
        return ok(await services.mark_read(viewer, notification_id, read=data.read))

    @post("/read", status_code=200)
    async def read_all(self, viewer: Viewer) -> Response[Success[None]]:
        await services.read_all(viewer)
        return ok(None)
