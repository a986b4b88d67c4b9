"""JSON: one's own password, address and sessions."""

from litestar import Controller, Response, delete, get, put

from app.accounts.addresses import services as addresses
from app.accounts.cookies import no_session_cookie
from app.accounts.schemas import User
from app.accounts.security import services
from app.accounts.security.queries import list_sessions
from app.accounts.security.schemas import EmailChange, PasswordChange, Session
from app.accounts.viewer import Viewer
from app.web.envelope import Success, ok
from app.web.guards import SESSION_ONLY
from app.web.sizes import FEW_WORDS
from app.web.suspension import ALSO_SUSPENDED


class SecurityController(Controller):
    path = "/api/v1"
    tags = ["accounts"]
    security = SESSION_ONLY
    opt = ALSO_SUSPENDED
    request_max_body_size = FEW_WORDS

    @put("/me/password")
    async def change_password(self, viewer: Viewer, data: PasswordChange) -> Response[Success[None]]:
        await services.change_password(viewer, data)
        return ok(None)

    @put("/me/email")
    async def change_email(self, viewer: Viewer, data: EmailChange) -> Response[Success[User]]:
        """The user as before: the address is another one when its mailed link was confirmed."""
        return ok(await addresses.ask_for_email(viewer, data))

    @get("/sessions")
    async def list_sessions(self, viewer: Viewer) -> Response[Success[list[Session]]]:
        return ok(await list_sessions(viewer))

    @delete("/sessions/{session_id:int}")
    async def end_session(self, viewer: Viewer, session_id: int) -> Response[None]:
        await services.end_session(viewer, session_id)
        response = Response(None, status_code=204)
        if session_id == viewer.session_id:
            response.set_cookie(no_session_cookie())
        return response

    @delete("/sessions")
    async def end_other_sessions(self, viewer: Viewer) -> None:
        await services.end_other_sessions(viewer)
