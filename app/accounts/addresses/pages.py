"""HTML: one's address, and the link that confirms a new one. Opening it changes nothing; a button does."""

from typing import Any

from litestar import Controller, Response, get, post

from app.accounts import queries
from app.accounts.addresses import links, services
from app.accounts.second_factor.queries import is_on
from app.accounts.security.schemas import EmailChange
from app.accounts.settings.layout import Asked, form_after, show_settings, status_of
from app.accounts.viewer import Viewer, require_session
from app.web.errors import Invalid, InvalidToken, Refusal
from app.web.forms import Form, empty_form, read_form, see_other
from app.web.secrecy import secret_page
from app.web.sizes import FEW_WORDS
from app.web.suspension import ALSO_SUSPENDED
from app.web.validation import read_fields


class AddressPages(Controller):
    include_in_schema = False
    opt = ALSO_SUSPENDED
    request_max_body_size = FEW_WORDS

    @get("/settings/email")
    async def show_email(self, request: Asked, viewer: Viewer) -> Response[Any]:
        member = await queries.get_self(require_session(viewer))
        return await _show_settings(request, viewer, empty_form("password", "otp", email=str(member.email)))

    @post("/settings/email")
    async def ask(self, request: Asked, viewer: Viewer) -> Response[Any]:
        form = await read_form(request, "email", "password", "otp")
        try:
            await services.ask_for_email(viewer, read_fields(EmailChange, form.values))
        except Refusal as refusal:
            again = form_after(form, refusal)
            response = await _show_settings(request, viewer, again, status_of(refusal))
            response.headers.update(refusal.headers)
            return response
        return see_other("/settings/email?saved=email")

    @post("/settings/email/removal")
    async def take_back(self, viewer: Viewer) -> Response[Any]:
        await services.take_back(viewer)
        return see_other("/settings/email?saved=no-email")

    @get("/email-changes/{token:str}")
    async def show(self, request: Asked, viewer: Viewer, token: str) -> Response[Any]:
        wanted = await links.find(require_session(viewer), token)
        return _show_link(request, wanted, 200 if wanted else 404)

    @post("/email-changes/{token:str}")
    async def confirm(self, request: Asked, viewer: Viewer, token: str) -> Response[Any]:
        try:
            await services.confirm_email(viewer, token)
        except (Invalid, InvalidToken) as refusal:
            wanted = await links.find(require_session(viewer), token)
            return _show_link(request, wanted, 422, refusal.message)
        return see_other("/settings/email?saved=new-email")


async def _show_settings(request: Asked, viewer: Viewer, form: Form, status_code: int = 200) -> Response[Any]:
    user_id = require_session(viewer)
    pending, asks_code = await links.find_pending(user_id), await is_on(user_id)
    return await show_settings(
        request, viewer, "email", status_code=status_code, form=form, pending=pending, asks_code=asks_code
    )


def _show_link(
    request: Asked, wanted: links.Wanted | None, status_code: int, trouble: str = ""
) -> Response[Any]:
    return secret_page(request, "email_change.html", status_code=status_code, wanted=wanted, trouble=trouble)
