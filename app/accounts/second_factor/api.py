"""JSON: one's own second factor."""

from typing import Any

from litestar import Controller, Response, delete, post, put

from app.accounts.second_factor import services
from app.accounts.second_factor.schemas import Confirmation, Ending, Enrolment, NewFactor, RecoveryCodes
from app.accounts.viewer import Viewer
from app.web.envelope import Success, created, ok
from app.web.guards import SESSION_ONLY
from app.web.sizes import FEW_WORDS
from app.web.suspension import ALSO_SUSPENDED


class SecondFactorController(Controller):
    path = "/api/v1/me/totp"
    tags = ["accounts"]
    security = SESSION_ONLY
    opt = ALSO_SUSPENDED
    request_max_body_size = FEW_WORDS

    @post("/")
    async def begin_totp(self, viewer: Viewer, data: NewFactor) -> Response[Success[Enrolment]]:
        """A secret for an app. Nothing is asked for until a first code has confirmed it."""
        return _unkept(created(await services.begin(viewer, data)))

    @put("/")
    async def confirm_totp(self, viewer: Viewer, data: Confirmation) -> Response[Success[RecoveryCodes]]:
        """Asks for codes from now on and ends all other sessions; where it is on, gives new recovery codes."""
        return _unkept(ok(await services.confirm(viewer, data)))

    @delete("/")
    async def end_totp(self, viewer: Viewer, data: Ending) -> None:
        """`otp` may be a recovery code."""
        await services.end(viewer, data)


def _unkept(response: Response[Any]) -> Response[Any]:
    response.headers["Cache-Control"] = "no-store"
    return response
