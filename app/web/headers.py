"""The outermost layer: request id, run time and security headers on every answer, errors and files included."""

import re
import secrets
from time import perf_counter
from typing import Any

import structlog
from litestar.datastructures import MutableScopeHeaders
from litestar.types import ASGIApp, Message, Receive, Send

from app.settings import settings
from app.web.secrecy import loggable

log = structlog.get_logger("hubbub.web")

REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{8,64}\Z")

SECURITY = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
        "object-src 'none'; img-src 'self' data:"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not `no-referrer`: with it browsers send `Origin: null` with our own forms.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# Unless an answer says that it is for others too: most are what one person sees.
CACHING = {"Cache-Control": "private, no-cache"}
HSTS = "max-age=31536000; includeSubDomains"


class Headers:
    """Wraps the whole application; sockets pass through untouched but for their request id."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._always = SECURITY | CACHING
        if settings.secure:
            self._always["Strict-Transport-Security"] = HSTS

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        request_id = scope.setdefault("state", {})["request_id"] = _request_id(scope)
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            await self._timed(scope, receive, send, request_id)

    async def _timed(self, scope: Any, receive: Receive, send: Send, request_id: str) -> None:
        started = perf_counter()

        async def dress(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableScopeHeaders.from_message(message)
                headers["X-Request-Id"] = request_id
                headers["X-Runtime"] = f"{perf_counter() - started:.6f}"
                for name, value in self._always.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, dress)
        milliseconds = (perf_counter() - started) * 1000
        waited = scope["type"] != "http" or scope["state"].get("waits", False)
        if milliseconds >= settings.slow_request_ms and not waited:
            # The path without its query: that may hold what somebody searched for.
            log.warning(
                "slow_request", ms=round(milliseconds), method=scope["method"], path=loggable(scope["path"])
            )


def _request_id(scope: Any) -> str:
    """The id that came with the request, if it is a harmless one, or a new one."""
    for name, value in scope["headers"]:
        if name == b"x-request-id" and REQUEST_ID.match(text := value.decode("latin-1")):
            return str(text)
    return secrets.token_hex(8)
