"""Who comes without encryption to a community that lives under https is sent there before anything is read."""

from typing import Any

from litestar.datastructures import Headers
from litestar.types import ASGIApp, Receive, Send

from app.settings import settings

# Asked by machines next to this one, about the process and not about the community.
NEARBY = {"/health", "/health/ready", "/metrics"}


class Encrypted:
    """Wraps the application: answers plain HTTP with the same address under https, where `HUBBUB_URL` says so."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._home = settings.url.rstrip("/") if settings.secure else ""

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        if self._home and scope["type"] == "http" and scope["path"] not in NEARBY and _is_plain(scope):
            await _send_on(self._home, scope, send)
        else:
            await self._app(scope, receive, send)


def _is_plain(scope: Any) -> bool:
    """Any proxy is believed here, as whoever lies about it only deceives themselves."""
    said = Headers.from_scope(scope).get("x-forwarded-proto", "")
    return scope["scheme"] == "http" and "https" not in said.lower()


async def _send_on(home: str, scope: Any, send: Send) -> None:
    # 308, so that a form arrives as the form that it is.
    query = b"?" + scope["query_string"] if scope["query_string"] else b""
    path = scope["raw_path"] if scope["raw_path"].startswith(b"/") else b"/"
    location = home.encode() + path + query
    headers = [(b"location", location), (b"content-length", b"0")]
    await send({"type": "http.response.start", "status": 308, "headers": headers})
    await send({"type": "http.response.body", "body": b"", "more_body": False})
