"""What every request must pass before its controller sees it."""

from typing import Any

from litestar import Request, Response

from app.web.errors import BadQuery, InvalidToken, NotFound, OutOfScope, UnsupportedMediaType
from app.web.origin import SAFE, refuse_cross_site
from app.web.suspension import refuse_suspended

MULTIPART = "multipart/form-data"
LARGEST_ID = 2**63 - 1
# In the API's description: for who is signed in, and for no token (`security=` of a route).
SESSION_ONLY = [{"cookie": list[str]()}]


async def check_request(request: Request[Any, Any, Any]) -> Response[Any] | None:
    """None, or the answer to a form of somebody who is suspended.

    Raises CrossSite, UnsupportedMediaType, BadQuery, Suspended, and NotFound for an id that no row can have.
    Of a token that is bad or does not reach far enough it raises InvalidToken and OutOfScope.
    """
    refuse_cross_site(request.method, request.headers)
    # Also where the controller does not ask who it is.
    refusal = request.state.refusal
    if isinstance(refusal, InvalidToken | OutOfScope) and request.url.path.startswith("/api/v1/"):
        raise refusal
    # PostgreSQL keeps no NUL, so nothing is found under one.
    if b"%00" in request.scope["query_string"]:
        raise BadQuery
    if "\0" in request.scope["path"]:
        raise NotFound
    if request.method not in SAFE and request.url.path.startswith("/api/"):
        await _require_body(request)
    for value in request.path_params.values():
        if isinstance(value, int) and not 0 < value <= LARGEST_ID:
            raise NotFound
    return await refuse_suspended(request)


async def _require_body(request: Request[Any, Any, Any]) -> None:
    """JSON, or a form with a file where the route says so (`opt={"body": MULTIPART}`)."""
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if request.route_handler.opt.get("body") == MULTIPART and request.method != "DELETE":
        if kind != MULTIPART:
            raise UnsupportedMediaType("Send the picture as `file` in multipart/form-data.")
    elif kind != "application/json" and (kind or await request.body()):
        raise UnsupportedMediaType
