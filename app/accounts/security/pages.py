"""HTML: one's password, and where one is signed in."""

from typing import Any

from litestar import Controller, Response, get, post

from app.accounts.cookies import no_session_cookie
from app.accounts.security import services
from app.accounts.security.queries import list_sessions
from app.accounts.security.schemas import PasswordChange
from app.accounts.settings.layout import Asked, reraise_unless_form, show_settings
from app.accounts.viewer import Viewer
from app.web.errors import Refusal
from app.web.forms import Form, empty_form, read_form, see_other
from app.web.sizes import FEW_WORDS
from app.web.suspension import ALSO_SUSPENDED
from app.web.validation import read_fields


class SecurityPages(Controller):
    path = "/settings"
    include_in_schema = False
    opt = ALSO_SUSPENDED
    request_max_body_size = FEW_WORDS

    @get("/password")
    async def show_password(self, request: Asked, viewer: Viewer) -> Response[Any]:
        return await show_settings(request, viewer, "password", form=empty_form("current", "password"))

    @post("/password")
    async def change_password(self, request: Asked, viewer: Viewer) -> Response[Any]:
        form = await read_form(request, "current", "password")
        try:
            await services.change_password(viewer, read_fields(PasswordChange, form.values))
        except Refusal as refusal:
            return await _refused(request, viewer, "password", form, refusal)
        return see_other("/settings/password?saved=password")

    @get("/sessions")
    async def show_sessions(self, request: Asked, viewer: Viewer) -> Response[Any]:
        return await show_settings(request, viewer, "sessions", sessions=await list_sessions(viewer))

    @post("/sessions/removal")
    async def end_other_sessions(self, viewer: Viewer) -> Response[Any]:
        await services.end_other_sessions(viewer)
        return see_other("/settings/sessions?saved=sessions")

    @post("/sessions/{session_id:int}/removal")
    async def end_session(self, viewer: Viewer, session_id: int) -> Response[Any]:
        await services.end_session(viewer, session_id)
        if session_id != viewer.session_id:
            return see_other("/settings/sessions?saved=session")
        response = see_other("/")
        response.set_cookie(no_session_cookie())
        return response


async def _refused(request: Asked, viewer: Viewer, tab: str, form: Form, refusal: Refusal) -> Response[Any]:
    reraise_unless_form(refusal)
    return await show_settings(request, viewer, tab, status_code=422, form=form.refused(refusal))
