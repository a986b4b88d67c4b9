"""HTML: leaving for good."""

from typing import Any

from litestar import Controller, Response, get, post

from app.accounts import queries
from app.accounts.cookies import no_session_cookie
from app.accounts.deletion import services
from app.accounts.deletion.schemas import Deletion
from app.accounts.second_factor.queries import is_on
from app.accounts.settings.layout import IN_FORM, Asked, form_after, show_settings, status_of
from app.accounts.viewer import Viewer, require_admin, require_session
from app.web.errors import Conflict, Invalid
from app.web.forms import Form, empty_form, read_form, see_other
from app.web.sizes import FEW_WORDS
from app.web.suspension import ALSO_SUSPENDED
from app.web.templates import page
from app.web.validation import read_fields


class DeletionPages(Controller):
    include_in_schema = False
    request_max_body_size = FEW_WORDS

    @get("/settings/account")
    async def show(self, request: Asked, viewer: Viewer) -> Response[Any]:
        return await _show(request, viewer, empty_form("password", "otp", content="keep"))

    @post("/settings/account/deletion", opt=ALSO_SUSPENDED)
    async def leave(self, request: Asked, viewer: Viewer) -> Response[Any]:
        user_id = require_session(viewer)
        form = await read_form(request, "password", "content", "otp")
        try:
            await services.delete_account(viewer, user_id, read_fields(Deletion, form.values))
        except Conflict as refusal:
            return await _show(request, viewer, form.refused(refusal), 422)
        except (Invalid, *IN_FORM) as refusal:
            response = await _show(request, viewer, form_after(form, refusal), status_of(refusal))
            response.headers.update(refusal.headers)
            return response
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


async def _show(request: Asked, viewer: Viewer, form: Form, status_code: int = 200) -> Response[Any]:
    asks_code = await is_on(require_session(viewer))
    return await show_settings(
        request, viewer, "account", status_code=status_code, form=form, asks_code=asks_code
    )
