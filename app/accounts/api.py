"""JSON: accounts."""

from typing import Any

from litestar import Controller, Request, Response, delete, get, post, put

from app.accounts import queries, services, sessions, verification
from app.accounts.addresses.services import confirm_email
from app.accounts.cookies import let_in, no_session_cookie, token_in
from app.accounts.door import client_of
from app.accounts.schemas import Credentials, Registration, User
from app.accounts.viewer import Viewer
from app.web.envelope import Success, created, ok
from app.web.errors import InvalidToken, Unauthenticated
from app.web.sizes import FEW_WORDS
from app.web.suspension import ALSO_SUSPENDED


class AccountsController(Controller):
    path = "/api/v1"
    tags = ["accounts"]
    opt = ALSO_SUSPENDED
    request_max_body_size = FEW_WORDS

    @post("/registrations")
    async def register(self, request: Request[Any, Any, Any], data: Registration) -> Response[Success[User]]:
        signed_in = await services.register(data, client_of(request))
        response = created(signed_in.user)
        let_in(response, signed_in.token, signed_in.browser)
        return response

    @post("/session", status_code=200)
    async def sign_in(self, request: Request[Any, Any, Any], data: Credentials) -> Response[Success[User]]:
        signed_in = await services.sign_in(data, client_of(request), token_in(request.cookies))
        response = ok(signed_in.user)
        let_in(response, signed_in.token, signed_in.browser)
        return response

    @delete("/session")
    async def sign_out(self, request: Request[Any, Any, Any], viewer: Viewer) -> Response[None]:
        if viewer.signed_in and (token := token_in(request.cookies)):
            await sessions.close_session(token)
        response = Response(None, status_code=204)
        response.set_cookie(no_session_cookie())
        return response

    @get("/me")
    async def show_me(self, viewer: Viewer) -> Response[Success[User]]:
        if viewer.id is None:
            raise Unauthenticated
        return ok(await queries.get_self(viewer.id))

    @post("/email-verifications", status_code=202)
    async def resend_verification(self, viewer: Viewer) -> Response[Success[None]]:
        await services.resend_verification(viewer)
        return Response(Success(data=None), status_code=202)

    @put("/email-verifications/{token:str}")
    async def verify_email(self, viewer: Viewer, token: str) -> Response[Success[User | None]]:
        """Also for the link that confirms a new address, by who asked for it."""
        try:
            user_id = await verification.verify(token)
        except InvalidToken:
            if viewer.session_id is None:
                raise
            return ok(await confirm_email(viewer, token))
        # The link may be opened where somebody else is signed in, or nobody.
        return ok(await queries.get_self(user_id) if viewer.is_member(user_id) else None)
