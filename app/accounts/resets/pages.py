"""HTML: forgotten passwords. Opening the link of a mail changes nothing; the form on its page does."""

from typing import Any

from litestar import Controller, Request, Response, get, post

from app.accounts.cookies import make_known, no_session_cookie, token_in
from app.accounts.door import client_of
from app.accounts.resets import links, services
from app.accounts.resets.schemas import NewPassword, ResetRequest
from app.web.errors import Invalid, InvalidToken, RateLimited
from app.web.forms import Form, empty_form, read_form, see_other
from app.web.secrecy import secret_page
from app.web.sizes import FEW_WORDS
from app.web.suspension import ALSO_SUSPENDED
from app.web.templates import page
from app.web.validation import read_fields

Asked = Request[Any, Any, Any]


class PasswordResetPages(Controller):
    path = "/password-resets"
    include_in_schema = False
    opt = ALSO_SUSPENDED
    request_max_body_size = FEW_WORDS

    @get("/new")
    async def show_request(self, request: Asked) -> Response[Any]:
        return _show_request(request, empty_form("email"))

    @post("/")
    async def ask(self, request: Asked) -> Response[Any]:
        form = await read_form(request, "email")
        try:
            await services.ask_for_reset(read_fields(ResetRequest, form.values))
        except (Invalid, RateLimited) as refusal:
            response = _show_request(request, form.refused(refusal), refusal.status)
            response.headers.update(refusal.headers)
            return response
        return see_other("/password-resets/new?sent=1")

    @get("/{token:str}")
    async def show(self, request: Asked, token: str) -> Response[Any]:
        holder = await links.find(token)
        return _show(request, holder, empty_form("password"), 200 if holder else 404)

    @post("/{token:str}")
    async def reset(self, request: Asked, token: str) -> Response[Any]:
        form, client = await read_form(request, "password"), client_of(request)
        try:
            wanted = read_fields(NewPassword, form.values)
            await services.reset_password(token, wanted, client, token_in(request.cookies))
        except (Invalid, InvalidToken) as refusal:
            return _show(request, await links.find(token), form.refused(refusal), 422)
        response = see_other("/sign-in?told=password")
        make_known(response, client.browser)
        response.set_cookie(no_session_cookie())
        return response


def _show_request(request: Asked, form: Form, status_code: int = 200) -> Response[Any]:
    sent = "sent" in request.query_params
    return page(request, "password_reset_request.html", status_code=status_code, form=form, sent=sent)


def _show(request: Asked, holder: links.Holder | None, form: Form, status_code: int) -> Response[Any]:
    return secret_page(request, "password_reset.html", status_code=status_code, holder=holder, form=form)
