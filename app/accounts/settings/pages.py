"""HTML: one's profile, picture, and how the pages look."""

from typing import Any

from litestar import Controller, Response, get, post

from app.accounts import queries
from app.accounts.profiles import services
from app.accounts.profiles.schemas import UserChange
from app.accounts.settings.layout import Asked, reraise_unless_form, show_settings
from app.accounts.viewer import Viewer, require_member
from app.web.errors import Refusal
from app.web.forms import Form, empty_form, read_form, see_other
from app.web.multipart import BODY_LIMIT, LIMIT, read_file
from app.web.sizes import FEW_WORDS
from app.web.suspension import ALSO_SUSPENDED
from app.web.templates import page
from app.web.theme import theme_cookie
from app.web.validation import read_fields


class SettingsPages(Controller):
    path = "/settings"
    include_in_schema = False
    request_max_body_size = FEW_WORDS

    @get("/")
    async def show_profile(self, request: Asked, viewer: Viewer) -> Response[Any]:
        return await _show_profile(request, viewer, await _form_of(viewer))

    @post("/")
    async def change_profile(self, request: Asked, viewer: Viewer) -> Response[Any]:
        form = await read_form(request, "name", "bio")
        change = {"name": form.values["name"], "profile": {"bio": form.values["bio"]}}
        try:
            await services.change_profile(viewer, require_member(viewer), read_fields(UserChange, change))
        except Refusal as refusal:
            reraise_unless_form(refusal)
            return await _show_profile(request, viewer, form.refused(refusal), status_code=422)
        return see_other("/settings?saved=profile")

    @post("/avatar", request_max_body_size=BODY_LIMIT)
    async def set_avatar(self, request: Asked, viewer: Viewer) -> Response[Any]:
        user_id = require_member(viewer)
        try:
            await services.set_avatar(viewer, user_id, await read_file(request))
        except Refusal as refusal:
            reraise_unless_form(refusal)
            form, trouble = await _form_of(viewer), refusal.message
            return await _show_profile(request, viewer, form, trouble, status_code=refusal.status)
        return see_other("/settings?saved=picture")

    @post("/avatar/removal")
    async def remove_avatar(self, viewer: Viewer) -> Response[Any]:
        await services.remove_avatar(viewer, require_member(viewer))
        return see_other("/settings?saved=no-picture")

    @get("/look")
    async def show_look(self, request: Asked, viewer: Viewer) -> Response[Any]:
        """For everybody: one need not be known here to prefer the dark."""
        if viewer.signed_in:
            return await show_settings(request, viewer, "look")
        return page(request, "settings_look.html", tab="look", member=None, saved=None)

    @post("/look", opt=ALSO_SUSPENDED)
    async def choose_look(self, request: Asked) -> Response[Any]:
        form = await read_form(request, "theme")
        response = see_other("/settings/look?saved=look")
        response.set_cookie(theme_cookie(form.values["theme"]))
        return response


async def _form_of(viewer: Viewer) -> Form:
    member = await queries.get_self(require_member(viewer))
    return empty_form(name=member.name, bio=member.profile.bio or "")


async def _show_profile(
    request: Asked, viewer: Viewer, form: Form, trouble: str = "", *, status_code: int = 200
) -> Response[Any]:
    largest = LIMIT // 1_048_576 or 1
    return await show_settings(
        request, viewer, "profile", status_code=status_code, form=form, trouble=trouble, largest=largest
    )
