"""HTML: sign-up, sign-in, sign-out; and the reply that was written before them."""

from typing import Any
from urllib.parse import quote

from litestar import Controller, Request, Response, get, post

from app.accounts import services, sessions
from app.accounts.cookies import let_in, no_session_cookie, token_in
from app.accounts.door import client_of
from app.accounts.schemas import Credentials, Registration
from app.accounts.second_factor import sign_ins
from app.accounts.second_factor.cookies import WAITING, cookie, kept_in, no_cookie
from app.accounts.second_factor.schemas import SecondStep
from app.accounts.services import SignedIn
from app.accounts.sessions import find_viewer
from app.accounts.viewer import Viewer
from app.comments import pending
from app.comments.cookies import no_reply_cookie, reply_in
from app.web.errors import Refusal
from app.web.forms import Form, empty_form, read_form, safe_next, see_other
from app.web.sizes import FEW_WORDS
from app.web.suspension import ALSO_SUSPENDED
from app.web.templates import page
from app.web.validation import read_fields

Asked = Request[Any, Any, Any]

TOLD = {"password": "Your new password is kept, and you are signed out everywhere. Sign in with it."}


class AccountPages(Controller):
    include_in_schema = False
    opt = ALSO_SUSPENDED
    request_max_body_size = FEW_WORDS

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
        form = empty_form("email", "password", next=_next(request))
        if "again" in request.query_params:
            form.message = "That took too long, or too many codes were wrong. Start again."
        return await _show(request, "sign_in.html", form)

    @post("/sign-in")
    async def sign_in(self, request: Asked) -> Response[Any]:
        form = await read_form(request, "email", "password", "next")
        try:
            credentials = read_fields(Credentials, _without(form, "next"))
            signed_in = await services.begin_sign_in(
                credentials, client_of(request), token_in(request.cookies)
            )
        except Refusal as refusal:
            return await _refused(request, "sign_in.html", form, refusal)
        if isinstance(signed_in, SignedIn):
            return await _welcome(request, signed_in, form.values["next"])
        response = see_other(f"/sign-in/code?next={quote(safe_next(form.values['next']))}")
        response.set_cookie(cookie(WAITING, signed_in))
        return response

    @get("/sign-in/code")
    async def show_second_step(self, request: Asked) -> Response[Any]:
        return await _show_second_step(request, empty_form("otp", next=_next(request)))

    @post("/sign-in/code")
    async def finish_sign_in(self, request: Asked) -> Response[Any]:
        form = await read_form(request, "otp", "next")
        waiting = kept_in(request.cookies, WAITING) or ""
        try:
            step = read_fields(SecondStep, _without(form, "next"))
            old_token = token_in(request.cookies)
            signed_in = await services.finish_sign_in(waiting, step, client_of(request), old_token)
        except Refusal as refusal:
            response = await _show_second_step(request, _form_after(form, refusal), _status(refusal))
            response.headers.update(refusal.headers)
            return response
        response = await _welcome(request, signed_in, form.values["next"])
        response.set_cookie(no_cookie(WAITING))
        return response

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


async def _show(
    request: Asked, template: str, form: Form, status_code: int = 200, **context: object
) -> Response[Any]:
    waiting = await pending.find_pending(reply_in(request.cookies))
    told = TOLD.get(request.query_params.get("told", ""))
    return page(request, template, status_code=status_code, form=form, pending=waiting, told=told, **context)


async def _show_second_step(request: Asked, form: Form, status_code: int = 200) -> Response[Any]:
    """The form for the code, or the way back to the password where nothing waits (any more)."""
    known = await sign_ins.find(kept_in(request.cookies, WAITING))
    if known is None:
        response = see_other(f"/sign-in?again=1&next={quote(safe_next(form.values['next']))}")
        response.set_cookie(no_cookie(WAITING))
        return response
    return await _show(request, "sign_in_code.html", form, status_code, username=known.username)


async def _refused(request: Asked, template: str, form: Form, refusal: Refusal) -> Response[Any]:
    response = await _show(request, template, _form_after(form, refusal), _status(refusal))
    response.headers.update(refusal.headers)
    return response


def _status(refusal: Refusal) -> int:
    return 429 if refusal.status == 429 else 422


def _form_after(form: Form, refusal: Refusal) -> Form:
    """What was typed, with what is wrong. Raises what is no fault of theirs."""
    if refusal.status >= 500:
        raise refusal
    refused = form.refused(refusal)
    # A password or a code is typed again rather than sent back.
    refused.values.update({name: "" for name in ("password", "otp") if name in refused.values})
    return refused


async def _welcome(request: Asked, signed_in: SignedIn, next_path: str) -> Response[Any]:
    """Go on to where they came from, or to the reply that they wrote before they were in."""
    target = safe_next(next_path)
    response = see_other(target)
    if token := reply_in(request.cookies):
        viewer = await find_viewer(signed_in.token)
        response = see_other(await _claim(viewer, token) or target)
        response.set_cookie(no_reply_cookie())
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
