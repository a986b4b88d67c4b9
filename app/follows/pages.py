"""HTML: the forms that follow, mute and block, and the page where one sees and undoes it all."""

from typing import Any

from litestar import Controller, Response, get, post

from app.accounts.settings.layout import Asked, show_settings
from app.accounts.viewer import Viewer
from app.follows import blocks, services
from app.follows.queries import read_follows
from app.follows.schemas import FollowSettings
from app.web.forms import read_form, safe_next, see_other

HOME = "/settings/following"


class FollowPages(Controller):
    include_in_schema = False

    @post("/posts/{post_id:int}/follow")
    async def follow_post(self, request: Asked, viewer: Viewer, post_id: int) -> Response[Any]:
        return await _back(request, (await services.follow_post(viewer, post_id)).url)

    @post("/posts/{post_id:int}/follow/removal")
    async def unfollow_post(self, request: Asked, viewer: Viewer, post_id: int) -> Response[Any]:
        return await _back(request, (await services.unfollow_post(viewer, post_id)).url)

    @post("/posts/{post_id:int}/mute")
    async def mute_post(self, request: Asked, viewer: Viewer, post_id: int) -> Response[Any]:
        return await _back(request, (await services.mute_post(viewer, post_id)).url)

    @post("/posts/{post_id:int}/mute/removal")
    async def unmute_post(self, request: Asked, viewer: Viewer, post_id: int) -> Response[Any]:
        return await _back(request, (await services.unmute_post(viewer, post_id)).url)

    @post("/users/{user_id:int}/follow")
    async def follow_user(self, request: Asked, viewer: Viewer, user_id: int) -> Response[Any]:
        await services.follow_member(viewer, user_id)
        return await _back(request, HOME)

    @post("/users/{user_id:int}/follow/removal")
    async def unfollow_user(self, request: Asked, viewer: Viewer, user_id: int) -> Response[Any]:
        await services.unfollow_member(viewer, user_id)
        return await _back(request, HOME)

    @post("/users/{user_id:int}/block")
    async def block_user(self, request: Asked, viewer: Viewer, user_id: int) -> Response[Any]:
        await blocks.block_member(viewer, user_id)
        return await _back(request, HOME)

    @post("/users/{user_id:int}/block/removal")
    async def unblock_user(self, request: Asked, viewer: Viewer, user_id: int) -> Response[Any]:
        await blocks.unblock_member(viewer, user_id)
        return await _back(request, HOME)

    @post("/tags/{name:str}/follow")
    async def follow_tag(self, request: Asked, viewer: Viewer, name: str) -> Response[Any]:
        await services.follow_tag(viewer, name)
        return await _back(request, HOME)

    @post("/tags/{name:str}/follow/removal")
    async def unfollow_tag(self, request: Asked, viewer: Viewer, name: str) -> Response[Any]:
        await services.unfollow_tag(viewer, name)
        return await _back(request, HOME)

    @get(HOME)
    async def show_follows(self, request: Asked, viewer: Viewer) -> Response[Any]:
        return await show_settings(request, viewer, "following", follows=await read_follows(viewer))

    @post(HOME)
    async def keep_settings(self, request: Asked, viewer: Viewer) -> Response[Any]:
        form = await read_form(request, "own_posts", "answered_posts")
        wanted = FollowSettings(
            own_posts=bool(form.values["own_posts"]), answered_posts=bool(form.values["answered_posts"])
        )
        await services.keep_settings(viewer, wanted)
        return see_other(f"{HOME}?saved=following")


async def _back(request: Asked, otherwise: str) -> Response[Any]:
    """To the page of ours that the form was on, as it says itself."""
    form = await read_form(request, "next")
    return see_other(safe_next(form.values["next"] or otherwise))
