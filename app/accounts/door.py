"""Who is asking, found out once for each request and each socket."""

from collections.abc import Collection
from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.types import ASGIApp, Receive, Send

from app.accounts.cookies import token_in
from app.accounts.sessions import Client, find_viewer, find_viewers
from app.accounts.viewer import ANONYMOUS, Viewer
from app.database.unavailable import UNAVAILABLE
from app.web.errors import InvalidToken, Refusal, Unavailable
from app.web.origin import is_ours

# The same for everybody, and asked for often.
PUBLIC = ("/static/", "/uploads/")

Connection = ASGIConnection[Any, Any, Any, Any]


class Identified:
    """Wraps the application: puts `viewer` into the state of each request, for controllers and error pages."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            connection: Connection = ASGIConnection(scope)
            connection.state.viewer, connection.state.refusal = ANONYMOUS, None
            if not scope["path"].startswith(PUBLIC):
                await _identify(connection)
        await self._app(scope, receive, send)


async def _identify(connection: Connection) -> None:
    try:
        connection.state.viewer = await _viewer_of(connection)
    except Refusal as refusal:
        connection.state.refusal = refusal
    except UNAVAILABLE:
        connection.state.refusal = Unavailable()


async def _viewer_of(connection: Connection) -> Viewer:
    # A bearer token wins and never falls back to the cookie (API.md). There are no tokens yet: none is valid.
    if "authorization" in connection.headers:
        raise InvalidToken
    token = token_in(connection.cookies)
    return (await find_viewer(token) if token else None) or ANONYMOUS


async def provide_viewer(request: Request[Any, Any, Any]) -> Viewer:
    """The `viewer` of controllers. Raises InvalidToken, Unavailable."""
    if request.state.refusal is not None:
        raise request.state.refusal
    viewer: Viewer = request.state.viewer
    return viewer


def client_of(request: Request[Any, Any, Any]) -> Client:
    address = request.client.host if request.client else ""
    return Client(request.headers.get("user-agent", "").replace("\0", "")[:300], address[:64])


class Door:
    """What `live` asks about a socket before it says welcome (LIVE.md, Who)."""

    def admits(self, socket: Connection) -> bool:
        """A foreign Origin gets no upgrade; none at all is a program, which has no cookie that counts."""
        origin = socket.headers.get("origin")
        return origin is None or is_ours(origin, socket.headers)

    async def viewer(self, socket: Connection) -> Viewer | None:
        """None when credentials came and were bad; a cookie without an Origin is ignored."""
        if "authorization" in socket.headers:
            return None
        token = token_in(socket.cookies) if "origin" in socket.headers else None
        return (await find_viewer(token) if token else None) or ANONYMOUS

    async def renewed(self, credentials: Collection[str]) -> dict[str, Viewer]:
        """Those of `session:5` that still stand, each with who it is now; one statement for all."""
        sessions = [int(c.removeprefix("session:")) for c in credentials if c.startswith("session:")]
        return {viewer.credential: viewer for viewer in await find_viewers(sessions)}
