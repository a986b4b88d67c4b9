"""JSON: what moderators do with posts and comments, and the log of it."""

from typing import Annotated

from litestar import Controller, Response, delete, get, put
from litestar.params import Parameter

from app.accounts.viewer import Viewer
from app.comments import removing as comments
from app.comments.queries import get_comment
from app.comments.schemas import Comment
from app.moderation import queries
from app.moderation.schemas import LogEntry, Noun, Why, words_of
from app.posts import moderating
from app.posts import removing as posts
from app.posts.queries import get_post
from app.posts.schemas import Post
from app.web.cursors import Cursor, CursorMeta, place_of
from app.web.envelope import Success, ok
from app.web.sizes import FEW_WORDS

Limit = Annotated[int, Parameter(ge=1, le=100)]


class ModerationController(Controller):
    """Again does nothing. Who wrote it is told what moderators did, and why; not of pins."""

    path = "/api/v1"
    tags = ["moderation"]
    request_max_body_size = FEW_WORDS

    @put("/posts/{post_id:int}/lock")
    async def lock_post(
        self, viewer: Viewer, post_id: int, data: Why | None = None
    ) -> Response[Success[Post]]:
        """Members cannot reply from now on."""
        await moderating.lock_post(viewer, post_id, words_of(data))
        return ok(await get_post(viewer, post_id))

    @delete("/posts/{post_id:int}/lock")
    async def unlock_post(self, viewer: Viewer, post_id: int) -> None:
        await moderating.unlock_post(viewer, post_id)

    @put("/posts/{post_id:int}/pin")
    async def pin_post(
        self, viewer: Viewer, post_id: int, data: Why | None = None
    ) -> Response[Success[Post]]:
        """It stands before all others on the front page from now on."""
        await moderating.pin_post(viewer, post_id, words_of(data))
        return ok(await get_post(viewer, post_id))

    @delete("/posts/{post_id:int}/pin")
    async def unpin_post(self, viewer: Viewer, post_id: int) -> None:
        await moderating.unpin_post(viewer, post_id)

    @put("/posts/{post_id:int}/removal")
    async def take_post_down(
        self, viewer: Viewer, post_id: int, data: Why | None = None
    ) -> Response[Success[Post]]:
        """Its author and moderators see it still, with the reason; `DELETE` brings it back."""
        await posts.take_post_down(viewer, post_id, words_of(data))
        return ok(await get_post(viewer, post_id))

    @delete("/posts/{post_id:int}/removal")
    async def restore_post(self, viewer: Viewer, post_id: int) -> None:
        """A moderator undoes a moderator's removal, an author an own one for 24 hours."""
        await posts.restore_post(viewer, post_id)

    @put("/comments/{comment_id:int}/removal")
    async def take_comment_down(
        self, viewer: Viewer, comment_id: int, data: Why | None = None
    ) -> Response[Success[Comment]]:
        """It keeps its place, with the reason; `DELETE` brings it back."""
        await comments.take_comment_down(viewer, comment_id, words_of(data))
        return ok(await get_comment(viewer, comment_id))

    @delete("/comments/{comment_id:int}/removal")
    async def restore_comment(self, viewer: Viewer, comment_id: int) -> None:
        """A moderator undoes a moderator's removal, an author an own one for 24 hours."""
        await comments.restore_comment(viewer, comment_id)


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
