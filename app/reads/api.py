"""JSON and form: how far a thread was read."""

from typing import Annotated, Any

import msgspec
from litestar import Controller, Request, Response, post, put
from msgspec import Meta

from app.accounts.viewer import Viewer
from app.posts.schemas import Post
from app.reads.services import mark_read
from app.web.envelope import Success, ok
from app.web.forms import read_form, see_other
from app.web.sizes import FEW_WORDS
from app.web.suspension import ALSO_SUSPENDED


class ReadUpTo(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    comment_id: Annotated[int, Meta(ge=0, le=2**63 - 1)]


class ReadsController(Controller):
    path = "/api/v1/posts/{post_id:int}/read"
    tags = ["posts"]
    opt = ALSO_SUSPENDED
    request_max_body_size = FEW_WORDS

    @put("/")
    async def mark_read(self, viewer: Viewer, post_id: int, data: ReadUpTo) -> Response[Success[Post]]:
        return ok(await mark_read(viewer, post_id, data.comment_id))


class ReadPages(Controller):
    path = "/posts/{post_id:int}/read"
    include_in_schema = False
    opt = ALSO_SUSPENDED
    request_max_body_size = FEW_WORDS

    @post("/")
    async def mark_read(self, request: Request[Any, Any, Any], viewer: Viewer, post_id: int) -> Response[Any]:
        form = await read_form(request, "comment_id")
        number = form.values["comment_id"]
        read = await mark_read(viewer, post_id, int(number) if number.isdecimal() else 0)
        return see_other(read.url)
