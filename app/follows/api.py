"""JSON: follows, mutes and blocks."""

from litestar import Controller, Response, delete, get, put

from app.accounts.viewer import Viewer
from app.follows import blocks, services
from app.follows.queries import list_blocks
from app.follows.schemas import Block
from app.posts.schemas import Post
from app.web.envelope import Success, ok
from app.web.pagination import PageNumber, PerPage, page_meta
from app.web.sizes import FEW_WORDS


class FollowsController(Controller):
    path = "/api/v1"
    tags = ["follows"]
    request_max_body_size = FEW_WORDS

    @put("/posts/{post_id:int}/follow")
    async def follow_post(self, viewer: Viewer, post_id: int) -> Response[Success[Post]]:
        return ok(await services.follow_post(viewer, post_id))

    @delete("/posts/{post_id:int}/follow")
    async def unfollow_post(self, viewer: Viewer, post_id: int) -> None:
        await services.unfollow_post(viewer, post_id)

    @put("/posts/{post_id:int}/mute")
    async def mute_post(self, viewer: Viewer, post_id: int) -> Response[Success[Post]]:
        return ok(await services.mute_post(viewer, post_id))

    @delete("/posts/{post_id:int}/mute")
    async def unmute_post(self, viewer: Viewer, post_id: int) -> None:
        await services.unmute_post(viewer, post_id)

    @put("/users/{user_id:int}/follow")
    async def follow_user(self, viewer: Viewer, user_id: int) -> Response[Success[None]]:
        await services.follow_member(viewer, user_id)
        return ok(None)

    @delete("/users/{user_id:int}/follow")
    async def unfollow_user(self, viewer: Viewer, user_id: int) -> None:
        await services.unfollow_member(viewer, user_id)

    @put("/tags/{name:str}/follow")
    async def follow_tag(self, viewer: Viewer, name: str) -> Response[Success[None]]:
        await services.follow_tag(viewer, name)
        return ok(None)

    @delete("/tags/{name:str}/follow")
    async def unfollow_tag(self, viewer: Viewer, name: str) -> None:
        await services.unfollow_tag(viewer, name)

    @put("/users/{user_id:int}/block")
    async def block_user(self, viewer: Viewer, user_id: int) -> Response[Success[None]]:
        """Each of the two is hidden from the other."""
        await blocks.block_member(viewer, user_id)
        return ok(None)

    @delete("/users/{user_id:int}/block")
    async def unblock_user(self, viewer: Viewer, user_id: int) -> None:
        await blocks.unblock_member(viewer, user_id)

    @get("/blocks")
    async def list_blocks(
        self, viewer: Viewer, page: PageNumber = 1, per_page: PerPage = 20
    ) -> Response[Success[list[Block]]]:
        """Who is to be hidden from the reader: whom they blocked, and who blocked them."""
        found, total = await list_blocks(viewer, page, per_page)
        return ok(found, meta=page_meta(page, per_page, total))
