"""JSON: one's own tokens."""

from litestar import Controller, Response, delete, get, post

from app.accounts.tokens import services
from app.accounts.tokens.queries import list_tokens
from app.accounts.tokens.schemas import NewToken, Token
from app.accounts.viewer import Viewer
from app.web.envelope import Success, created, ok
from app.web.guards import SESSION_ONLY
from app.web.sizes import FEW_WORDS
from app.web.suspension import ALSO_SUSPENDED


class TokensController(Controller):
    path = "/api/v1/tokens"
    tags = ["accounts"]
    security = SESSION_ONLY
    opt = ALSO_SUSPENDED
    request_max_body_size = FEW_WORDS

    @get("/")
    async def list_tokens(self, viewer: Viewer) -> Response[Success[list[Token]]]:
        return ok(await list_tokens(viewer))

    @post("/")
    async def make_token(self, viewer: Viewer, data: NewToken) -> Response[Success[Token]]:
        """The only answer that has `token`; what is stored is its hash."""
        response = created(await services.make_token(viewer, data))
        response.headers["Cache-Control"] = "no-store"
        return response

    @delete("/{token_id:int}")
    async def delete_token(self, viewer: Viewer, token_id: int) -> None:
        await services.delete_token(viewer, token_id)
