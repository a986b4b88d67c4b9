"""HTML: leaving for good."""

from typing import Any

from litestar import Controller, Response, get, post

from app.accounts import queries
from app.accounts.cookies import no_session_cookie
from app.accounts.deletion import services
from app.accounts.deletion.schemas import Deletion
from app.accounts.settings.layout import Asked, show_settings
from app.accounts.viewer import Viewer, require_admin, require_session
from app.web.errors import Conflict, Invalid
from app.web.forms import empty_form, read_form, see_other
from app.web.templates import page
from app.web.validation import read_fields


class DeletionPages(Controller):
    include_in_schema = False

    @get("/settings/account")
    async def show(self, request: Asked, viewer: Viewer) -> Response[Any]:
        require_session(viewer)
        return await show_settings(request, viewer, "account", form=empty_form("password", content="keep"))

    @post("/settings/account/deletion")
    async def leave(self, request: Asked, viewer: Viewer) -> Response[Any]:
        user_id = require_session(viewer)
        form = await read_form(request, "password", "content")
        try:
            await services.delete_account(viewer, user_id, read_fields(Deletion, form.values))
        except (Invalid, Conflict) as refusal:
            refused = form.refused(refusal)
            return await show_settings(request, viewer, "account", status_code=422, form=refused)
        response = see_other("/farewell")
        response.set_cookie(no_session_cookie())
        return response

    @get("/users/{user_id:int}/deletion")
    async def show_for_admin(self, request: Asked, viewer: Viewer, user_id: int) -> Response[Any]:
        require_admin(viewer)
        return page(request, "member_deletion.html", member=await queries.get_user(viewer, user_id))

    @post("/users/{user_id:int}/deletion")
    async def delete_member(self, viewer: Viewer, user_id: int) -> Response[Any]:
        await services.delete_member(viewer, user_id)
        return see_other("/")

    @get("/farewell")
    async def say_farewell(self, request: Asked) -> Response[Any]:
        return page(request, "farewell.html")
