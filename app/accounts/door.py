"""Who is asking, found out once for each request and each socket."""

from collections.abc import Collection
from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.types import ASGIApp, Receive, Send

from app.accounts.browsers import new_browser
from app.accounts.cookies import browser_in, token_in
from app.accounts.sessions import Client, find_viewer, find_viewers
from app.accounts.tokens.holders import find_holder, find_holders
from app.accounts.viewer import ANONYMOUS, Viewer
from app.database.unavailable import UNAVAILABLE
from app.web.errors import InvalidToken, OutOfScope, Refusal, Unavailable
from app.web.origin import SAFE, is_ours

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
                await _identify(connection, scope["method"])
        await self._app(scope, receive, send)


async def _identify(connection: Connection, method: str) -> None:
    try:
        viewer = await _viewer_of(connection)
        _require_scope(viewer, method)
    except Refusal as refusal:
        connection.state.refusal = refusal
    except UNAVAILABLE:
        connection.state.refusal = Unavailable()
    else:
        connection.state.viewer = viewer


async def _viewer_of(connection: Connection) -> Viewer:
    """A bearer token wins, and a bad one never falls back to the cookie (API.md). Raises InvalidToken."""
    if "authorization" not in connection.headers:
        token = token_in(connection.cookies)
        inbox = not connection.url.path.startswith("/api/")
        return (await find_viewer(token, inbox=inbox) if token else None) or ANONYMOUS
    holder = await _holder_in(connection)
    if holder is None:
        raise InvalidToken
    return holder


def _require_scope(viewer: Viewer, method: str) -> None:
    """Here for every request, so that no controller can forget it. Raises OutOfScope."""
    needed: Any = "read" if method in SAFE else "write"
    if not viewer.has_scope(needed):
        raise OutOfScope(f"This needs a token with the scope {needed}.")


async def _holder_in(connection: Connection) -> Viewer | None:
    """Who has the bearer token of the header; None for a bad one, another scheme, and for several at once."""
    given = connection.headers.getall("authorization")
    scheme, _, token = given[0].partition(" ")
    if len(given) > 1 or scheme.lower() != "bearer":
        return None
    return await find_holder(token.strip())


async def provide_viewer(request: Request[Any, Any, Any]) -> Viewer:
    """The `viewer` of controllers. Raises InvalidToken, OutOfScope, Unavailable."""
    if request.state.refusal is not None:
        raise request.state.refusal
    viewer: Viewer = request.state.viewer
    return viewer


def client_of(request: Request[Any, Any, Any]) -> Client:
    address = request.client.host if request.client else ""
    browser = browser_in(request.cookies) or new_browser()
    return Client(request.headers.get("user-agent", "").replace("\0", "")[:300], address[:64], browser)


class Door:
    """What `live` asks about a socket before it says welcome (LIVE.md, Who)."""

    def admits(self, socket: Connection) -> bool:
        """A foreign Origin gets no upgrade; none at all is a program, which has no cookie that counts."""
        origin = socket.headers.get("origin")
        return origin is None or is_ours(origin, socket.headers)

    async def viewer(self, socket: Connection) -> Viewer | None:
        """None when credentials came and were bad; a cookie without an Origin is ignored."""
        if "authorization" in socket.headers:
            return await _holder_in(socket)
        token = token_in(socket.cookies) if "origin" in socket.headers else None
        return (await find_viewer(token) if token else None) or ANONYMOUS

    async def holder(self, token: str) -> Viewer | None:
        """Who has the token of an `auth` frame; None for a bad one."""
        return await find_holder(token)

    async def renewed(self, credentials: Collection[str]) -> dict[str, Viewer]:
        """Those of `session:5 token:7` that still stand, each with who it is now; one statement a kind."""
        sessions, tokens = _ids_of("session", credentials), _ids_of("token", credentials)
        found = await find_viewers(sessions) if sessions else []
        found += await find_holders(tokens) if tokens else []
        return {viewer.credential: viewer for viewer in found}


def _ids_of(kind: str, credentials: Collection[str]) -> list[int]:
    return [int(c.removeprefix(f"{kind}:")) for c in credentials if c.startswith(f"{kind}:")]
