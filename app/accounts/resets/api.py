"""JSON: forgotten passwords."""

from typing import Any

from litestar import Controller, Request, Response, post, put

from app.accounts.cookies import make_known, no_session_cookie, token_in
from app.accounts.door import client_of
from app.accounts.resets import services
from app.accounts.resets.schemas import NewPassword, ResetRequest
from app.web.envelope import Success, ok
from app.web.sizes import FEW_WORDS
from app.web.suspension import ALSO_SUSPENDED


class PasswordResetsController(Controller):
    path = "/api/v1/password-resets"
    tags = ["accounts"]
    opt = ALSO_SUSPENDED
    request_max_body_size = FEW_WORDS

    @post("/", status_code=202)
    async def ask_for_password_reset(self, data: ResetRequest) -> Response[Success[None]]:
        """The same answer whether or not anybody has this address."""
        await services.ask_for_reset(data)
        return Response(Success(data=None), status_code=202)

    @put("/{token:str}")
    async def reset_password(
        self, request: Request[Any, Any, Any], token: str, data: NewPassword
    ) -> Response[Success[None]]:
        client = client_of(request)
        await services.reset_password(token, data, client, token_in(request.cookies))
        response = ok(None)
        make_known(response, client.browser)
        response.set_cookie(no_session_cookie())
        return response
