"""JSON: the log of moderation."""

from typing import Annotated

from litestar import Controller, Response, get
from litestar.params import Parameter

from app.accounts.viewer import Viewer
from app.moderation import queries
from app.moderation.schemas import LogEntry, Noun
from app.web.cursors import Cursor, CursorMeta, place_of
from app.web.envelope import Success, ok

Limit = Annotated[int, Parameter(ge=1, le=100)]


class ModerationLogController(Controller):
    path = "/api/v1/moderation/log"
    tags = ["moderation"]

    @get("/")
    async def list_actions(
        self, viewer: Viewer, kind: Noun | None = None, cursor: Cursor = None, limit: Limit = 20
    ) -> Response[Success[list[LogEntry]]]:
        """What moderators did, newest first; a cursor is what the answer before gave. For moderators."""
        listed = await queries.list_actions(viewer, kind, place_of(cursor), limit)
        return ok(listed.entries, meta=CursorMeta(listed.next_cursor))
