"""HTML: a reaction as a form, for readers without JavaScript."""

from typing import Any

from litestar import Controller, Request, Response, post

from app.accounts.viewer import Viewer
from app.comments.queries import get_comment, place_of
from app.posts.queries import get_post
from app.reactions.schemas import Kind
from app.reactions.services import Subject, add_reaction, take_reaction
from app.web.forms import read_form, see_other
from app.web.sizes import FEW_WORDS
from app.web.validation import read_value

Asked = Request[Any, Any, Any]


class ReactionPages(Controller):
    include_in_schema = False
    request_max_body_size = FEW_WORDS

    @post("/posts/{post_id:int}/reactions")
    async def react_to_post(self, request: Asked, viewer: Viewer, post_id: int) -> Response[Any]:
        await _toggle(request, viewer, Subject("post", post_id))
        return see_other((await get_post(viewer, post_id)).url)

    @post("/comments/{comment_id:int}/reactions")
    async def react_to_comment(self, request: Asked, viewer: Viewer, comment_id: int) -> Response[Any]:
        await _toggle(request, viewer, Subject("comment", comment_id))
        return see_other(await place_of(viewer, await get_comment(viewer, comment_id)))


async def _toggle(request: Asked, viewer: Viewer, subject: Subject) -> None:
    """A form has one button a kind; "-love" takes back what "love" gave."""
    wanted = (await read_form(request, "kind")).values["kind"]
    kind: Kind = read_value("kind", wanted.removeprefix("-"), Kind)
    await (take_reaction if wanted.startswith("-") else add_reaction)(viewer, subject, kind)
