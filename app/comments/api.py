"""JSON: comments."""

from typing import Annotated

import msgspec
from litestar import Controller, Response, delete, get, patch, post
from litestar.params import Parameter

from app.accounts.viewer import Viewer
from app.comments import queries, removing, services
from app.comments.schemas import Comment, CommentChange, NewComment
from app.posts.schemas import Revision
from app.web.envelope import Success, created, ok, repeated

After = Annotated[int, Parameter(ge=0, le=2**63 - 1)]
Limit = Annotated[int, Parameter(ge=1, le=100)]


class StretchMeta(msgspec.Struct, frozen=True):
    """Where to replay the channel from; over several pages the first page's `seq` counts."""

    channel: str
    epoch: str
    seq: int
    next_after: int | None


class CommentsController(Controller):
    path = "/api/v1"
    tags = ["comments"]

    @get("/posts/{post_id:int}/comments")
    async def list_comments(
        self, viewer: Viewer, post_id: int, after: After = 0, limit: Limit = 50
    ) -> Response[Success[list[Comment]]]:
        found = await queries.list_comments(viewer, post_id, after, limit)
        place = found.position
        return ok(found.comments, meta=StretchMeta(place.channel, place.epoch, place.seq, found.next_after))

    @post("/posts/{post_id:int}/comments", responses=repeated(Comment))
    async def post_comment(
        self, viewer: Viewer, post_id: int, data: NewComment
    ) -> Response[Success[Comment]]:
        comment, is_new = await services.post_comment(viewer, post_id, data)
        return created(comment) if is_new else ok(comment)

    @get("/comments/{comment_id:int}")
    async def show_comment(self, viewer: Viewer, comment_id: int) -> Response[Success[Comment]]:
        return ok(await queries.get_comment(viewer, comment_id))

    @patch("/comments/{comment_id:int}")
    async def edit_comment(
        self, viewer: Viewer, comment_id: int, data: CommentChange
    ) -> Response[Success[Comment]]:
        return ok(await services.edit_comment(viewer, comment_id, data))

    @delete("/comments/{comment_id:int}")
    async def remove_comment(self, viewer: Viewer, comment_id: int) -> None:
        await removing.remove_comment(viewer, comment_id)

    @get("/comments/{comment_id:int}/revisions")
    async def list_revisions(self, viewer: Viewer, comment_id: int) -> Response[Success[list[Revision]]]:
        return ok(await queries.list_revisions(viewer, comment_id))
