"""HTML: sign-up, sign-in, sign-out; and the reply that was written before them."""

from typing import Any

from litestar import Controller, Request, Response, get, post

from app.accounts import services, sessions
from app.accounts.cookies import let_in, no_session_cookie, token_in
from app.accounts.door import client_of
from app.accounts.schemas import Credentials, Registration
from app.accounts.services import SignedIn
from app.accounts.sessions import find_viewer
from app.accounts.viewer import Viewer
from app.comments import pending
from app.web.errors import Refusal
from app.web.forms import Form, empty_form, read_form, safe_next, see_other
from app.web.templates import page
from app.web.validation import read_fields

Asked = Request[Any, Any, Any]


class AccountPages(Controller):
    include_in_schema = False

    @get("/sign-up")
    async def show_sign_up(self, request: Asked, viewer: Viewer) -> Response[Any]:
        if viewer.signed_in:
            return see_other("/")
        form = empty_form("username", "name", "email", "password", next=_next(request))
        return await _show(request, "sign_up.html", form)

    @post("/sign-up")
    async def sign_up(self, request: Asked) -> Response[Any]:
        form = await read_form(request, "username", "name", "email", "password", "next")
        try:
            wanted = read_fields(Registration, _without(form, "next"))
            signed_in = await services.register(wanted, client_of(request))
        except Refusal as refusal:
            return await _refused(request, "sign_up.html", form, refusal)
        return await _welcome(request, signed_in, form.values["next"])

    @get("/sign-in")
    async def show_sign_in(self, request: Asked, viewer: Viewer) -> Response[Any]:
        if viewer.signed_in:
            return see_other("/")
        return await _show(request, "sign_in.html", empty_form("email", "password", next=_next(request)))

    @post("/sign-in")
    async def sign_in(self, request: Asked) -> Response[Any]:
        form = await read_form(request, "email", "password", "next")
        try:
            credentials = read_fields(Credentials, _without(form, "next"))
            signed_in = await services.sign_in(credentials, client_of(request), token_in(request.cookies))
        except Refusal as refusal:
            return await _refused(request, "sign_in.html", form, refusal)
        return await _welcome(request, signed_in, form.values["next"])

    @post("/sign-out")
    async def sign_out(self, request: Asked) -> Response[Any]:
        if token := token_in(request.cookies):
            await sessions.close_session(token)
        response = see_other("/")
        response.set_cookie(no_session_cookie())
        return response


def _next(request: Asked) -> str:
    return safe_next(request.query_params.get("next", "/"))


def _without(form: Form, name: str) -> dict[str, str]:
    return {field: value for field, value in form.values.items() if field != name}


async def _show(request: Asked, template: str, form: Form, status_code: int = 200) -> Response[Any]:
    waiting = await pending.find_pending(request.cookies.get(pending.COOKIE, ""))
    return page(request, template, status_code=status_code, form=form, pending=waiting)


async def _refused(request: Asked, template: str, form: Form, refusal: Refusal) -> Response[Any]:
    if refusal.status >= 500:
        raise refusal
    refused = form.refused(refusal)
    # A password is typed again rather than sent back.
    refused.values["password"] = ""
    response = await _show(request, template, refused, 429 if refusal.status == 429 else 422)
    response.headers.update(refusal.headers)
    return response


async def _welcome(request: Asked, signed_in: SignedIn, next_path: str) -> Response[Any]:
    """Go on to where they came from, or to the reply that they wrote before they were in."""
    target = safe_next(next_path)
    response = see_other(target)
    if token := request.cookies.get(pending.COOKIE):
        viewer = await find_viewer(signed_in.token)
        response = see_other(await _claim(viewer, token) or target)
        response.delete_cookie(pending.COOKIE)
    let_in(response, signed_in.token, signed_in.browser)
    return response


async def _claim(viewer: Viewer | None, token: str) -> str | None:
    """The address of the reply, posted now; or of its thread with the words in the composer, if it cannot be."""
    if viewer is None:
        return None
    try:
        return await pending.claim_pending(viewer, token)
    except Refusal:
        return await pending.thread_of(token)
