"""The layer between who is asking and what they ask for: one look at the rings a request."""

from typing import Any

from litestar import Request, Response
from litestar.datastructures import MutableScopeHeaders
from litestar.types import ASGIApp, Message, Receive, Send

from app.web.errors import CrossSite, RateLimited, Unavailable
from app.web.forms import safe_next
from app.web.limits import limiter
from app.web.limits.headers import fields_of, refusal_of
from app.web.limits.ring import Ring
from app.web.limits.rings import rings, rings_of
from app.web.limits.words import words_of
from app.web.network import block
from app.web.origin import refuse_cross_site
from app.web.refusals import answer
from app.web.templates import page

Asked = Request[Any, Any, Any]


class Limited:
    """Wraps the application; `viewer` and `refusal` are in the request's state already."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        verdict = await limiter.take(_rings(scope))
        if verdict is None:
            await self._app(scope, receive, send)
        elif verdict.refused:
            await _refuse(scope, receive, send, refusal_of(verdict))
        elif scope["path"].startswith("/api/"):
            await self._app(scope, receive, _telling(send, fields_of(verdict)))
        else:
            await self._app(scope, receive, send)


def _rings(scope: Any) -> list[Ring]:
    address = scope["client"][0] if scope["client"] else ""
    state = scope["state"]
    if isinstance(state["refusal"], Unavailable):
        # Nobody knows who it is; members must not use up what those have who are not signed in.
        return rings([("address", block(address))])
    return rings_of(scope["method"], scope["path"], state["viewer"], address)


def _telling(send: Send, fields: dict[str, str]) -> Send:
    async def dress(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableScopeHeaders.from_message(message)
            for name, value in fields.items():
                # An answer that was refused further in knows better.
                headers.setdefault(name, value)
        await send(message)

    return dress


async def _refuse(scope: Any, receive: Receive, send: Send, refusal: RateLimited) -> None:
    request: Asked = Request(scope, receive)
    response = await _response(request, receive, refusal)
    response.headers["Cache-Control"] = "no-store"
    await response.to_asgi_response(None, request)(scope, receive, send)


async def _response(request: Asked, receive: Receive, refusal: RateLimited) -> Response[Any]:
    """In the envelope, as a page, or as a page with the form that was sent in it."""
    try:
        # Another site's words must not stand in a form of ours, one click away from being sent.
        refuse_cross_site(request.method, request.headers)
    except CrossSite as foreign:
        return answer(request, foreign)
    if request.url.path.startswith("/api/") or (form := await words_of(request, receive)) is None:
        return answer(request, refusal)
    response = page(
        request,
        "refused_form.html",
        status_code=429,
        form=form,
        message=refusal.message,
        action=_action(request),
    )
    response.headers.update(refusal.headers)
    return response


def _action(request: Asked) -> str:
    """Where the form was sent to, and no other site, whatever the path begins with."""
    query = request.scope["query_string"].decode("latin-1")
    return safe_next(request.url.path + (f"?{query}" if query else ""))
