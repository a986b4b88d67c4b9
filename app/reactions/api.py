"""JSON: reactions."""

from litestar import Controller, Response, delete, put

from app.accounts.viewer import Viewer
from app.comments.schemas import CommentViewer
from app.posts.schemas import PostViewer
from app.reactions.schemas import Kind, Reactions
from app.reactions.services import Subject, add_reaction, take_reaction
from app.web.envelope import Success, ok
from app.web.sizes import FEW_WORDS


class ReactionsController(Controller):
    path = "/api/v1"
    tags = ["reactions"]
    request_max_body_size = FEW_WORDS

    @put("/posts/{post_id:int}/reactions/{kind:str}")
    async def add_to_post(
        self, viewer: Viewer, post_id: int, kind: Kind
    ) -> Response[Success[Reactions[PostViewer]]]:
        return ok(await add_reaction(viewer, Subject("post", post_id), kind))

    @delete("/posts/{post_id:int}/reactions/{kind:str}", status_code=200)
    async def take_from_post(
        self, viewer: Viewer, post_id: int, kind: Kind
    ) -> Response[Success[Reactions[PostViewer]]]:
        return ok(await take_reaction(viewer, Subject("post", post_id), kind))

    @put("/comments/{comment_id:int}/reactions/{kind:str}")
    async def add_to_comment(
        self, viewer: Viewer, comment_id: int, kind: Kind
    ) -> Response[Success[Reactions[CommentViewer]]]:
        return ok(await add_reaction(viewer, Subject("comment", comment_id), kind))

    @delete("/comments/{comment_id:int}/reactions/{kind:str}", status_code=200)
    async def take_from_comment(
        self, viewer: Viewer, comment_id: int, kind: Kind
    ) -> Response[Success[Reactions[CommentViewer]]]:
        return ok(await take_reaction(viewer, Subject("comment", comment_id), kind))
