"""HTML: the page behind the link that is printed at a first start."""

from typing import Any

from litestar import Controller, Request, Response, get, post

from app.accounts.cookies import let_in
from app.accounts.door import client_of
from app.accounts.schemas import Registration
from app.accounts.set_up import services
from app.web.errors import Invalid, NotFound
from app.web.forms import empty_form, read_form, see_other
from app.web.secrecy import secret_page
from app.web.sizes import FEW_WORDS
from app.web.suspension import ALSO_SUSPENDED
from app.web.validation import read_fields

FIELDS = ("username", "name", "email", "password")


class SetUpPages(Controller):
    path = "/set-up/{token:str}"
    include_in_schema = False
    opt = ALSO_SUSPENDED
    request_max_body_size = FEW_WORDS

    @get("/")
    async def show(self, request: Request[Any, Any, Any], token: str) -> Response[Any]:
        if not await services.is_open(token):
            raise NotFound
        return secret_page(request, "set_up.html", form=empty_form(*FIELDS))

    @post("/")
    async def use(self, request: Request[Any, Any, Any], token: str) -> Response[Any]:
        if not await services.is_open(token):
            raise NotFound
        form = await read_form(request, *FIELDS)
        try:
            wanted = read_fields(Registration, form.values)
            signed_in = await services.use_link(token, wanted, client_of(request))
        except Invalid as refusal:
            refused = form.refused(refusal)
            # A password is typed again rather than sent back.
            refused.values["password"] = ""
            return secret_page(request, "set_up.html", status_code=422, form=refused)
        response = see_other("/")
        let_in(response, signed_in.token, signed_in.browser)
        return response
