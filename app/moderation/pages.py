"""HTML: what moderators look after."""

from typing import Any, get_args

from litestar import Controller, Request, Response, get

from app.accounts.viewer import Viewer
from app.moderation import queries
from app.moderation.schemas import Noun
from app.web.cursors import place_of
from app.web.templates import page

Asked = Request[Any, Any, Any]
SHOWN = 30


class ModerationPages(Controller):
    path = "/moderation"
    include_in_schema = False

    @get("/log")
    async def show_log(
        self, request: Asked, viewer: Viewer, kind: str = "", cursor: str | None = None
    ) -> Response[Any]:
        noun = kind if kind in get_args(Noun) else None
        listed = await queries.list_actions(viewer, noun, place_of(cursor), SHOWN)  # type: ignore[arg-type]  # one of Noun, as just checked
        return page(request, "moderation_log.html", listed=listed, noun=noun, first=cursor is None)
