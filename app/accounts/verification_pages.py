"""HTML: the link of a mail that confirms an address. Opening it confirms nothing; a button does."""

from typing import Any

from litestar import Controller, Request, Response, get, post

from app.accounts import queries, services, verification
from app.accounts.verification import Link
from app.accounts.viewer import Viewer
from app.web.errors import Conflict, InvalidToken, Unauthenticated
from app.web.forms import see_other
from app.web.secrecy import secret_page
from app.web.sizes import FEW_WORDS
from app.web.suspension import ALSO_SUSPENDED
from app.web.templates import page

Asked = Request[Any, Any, Any]


class VerificationPages(Controller):
    path = "/email-verifications"
    include_in_schema = False
    opt = ALSO_SUSPENDED
    request_max_body_size = FEW_WORDS

    @get("/")
    async def show_own(self, request: Asked, viewer: Viewer) -> Response[Any]:
        if viewer.id is None:
            raise Unauthenticated
        user = await queries.get_self(viewer.id)
        link = Link("used" if user.activated_at else "open", str(user.email))
        sent = "sent" in request.query_params
        return page(request, "verification_sent.html", link=link, sent=sent)

    @post("/")
    async def resend(self, viewer: Viewer) -> Response[Any]:
        try:
            await services.resend_verification(viewer)
        except Conflict:
            # The page that follows says that it is confirmed.
            return see_other("/email-verifications")
        return see_other("/email-verifications?sent=1")

    @get("/{token:str}")
    async def show(self, request: Asked, token: str) -> Response[Any]:
        link = await verification.look_at(token)
        return _show(request, link, 404 if link.state == "dead" else 200)

    @post("/{token:str}")
    async def confirm(self, request: Asked, token: str) -> Response[Any]:
        try:
            await verification.verify(token)
        except InvalidToken:
            return _show(request, await verification.look_at(token), 422)
        return see_other(request.url.path)


def _show(request: Asked, link: Link, status_code: int) -> Response[Any]:
    return secret_page(request, "verification.html", status_code=status_code, link=link)
