"""HTML: what moderators look after."""

from typing import Any, get_args

from litestar import Controller, Request, Response, get, post

from app.accounts.viewer import Viewer
from app.moderation import queries
from app.moderation.schemas import Noun
from app.posts import moderating
from app.posts.queries import get_post
from app.web.cursors import place_of
from app.web.forms import see_other
from app.web.sizes import FEW_WORDS
from app.web.templates import page

Asked = Request[Any, Any, Any]
SHOWN = 30


class PostStatePages(Controller):
    path = "/posts/{post_id:int}"
    include_in_schema = False
    request_max_body_size = FEW_WORDS

    @post("/lock")
    async def lock_post(self, viewer: Viewer, post_id: int) -> Response[Any]:
        await moderating.lock_post(viewer, post_id, None)
        return await _back(viewer, post_id)

    @post("/lock/removal")
    async def unlock_post(self, viewer: Viewer, post_id: int) -> Response[Any]:
        await moderating.unlock_post(viewer, post_id)
        return await _back(viewer, post_id)

    @post("/pin")
    async def pin_post(self, viewer: Viewer, post_id: int) -> Response[Any]:
        await moderating.pin_post(viewer, post_id, None)
        return await _back(viewer, post_id)

    @post("/pin/removal")
    async def unpin_post(self, viewer: Viewer, post_id: int) -> Response[Any]:
        await moderating.unpin_post(viewer, post_id)
        return await _back(viewer, post_id)


async def _back(viewer: Viewer, post_id: int) -> Response[Any]:
    return see_other((await get_post(viewer, post_id)).url)


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
