"""HEAD for every GET, and `ETag` with 304 for what has not changed (API.md, Envelope)."""

import hashlib
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from litestar.datastructures import MutableScopeHeaders
from litestar.types import ASGIApp, Message, Receive, Send


class Conditional:
    """Wraps the application: answers to GET are held until whole, tagged, and not sent when known."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in {"GET", "HEAD"}:
            await self._app(scope, receive, send)
            return
        answer = _Answer(scope, send)
        # Litestar knows no HEAD; it is a GET without the body.
        copied: Any = {**scope, "method": "GET"}
        await self._app(copied, receive, answer.take)


class _Answer:
    """One answer on its way. What streams, or is no 200, passes at once."""

    def __init__(self, scope: Any, send: Send) -> None:
        self._send = send
        self._head = scope["method"] == "HEAD"
        self._known = _if_none_match(scope)
        self._since = _since(scope)
        self._start: Any = None
        self._over = False

    async def take(self, message: Message) -> None:
        if self._over:
            return
        if message["type"] == "http.response.start":
            self._start = message
        elif self._start is None:
            await self._send(message)
        else:
            await self._finish(message)

    async def _finish(self, message: Any) -> None:
        start, self._start = self._start, None
        body = message.get("body", b"")
        if start["status"] == 200 and not message.get("more_body"):
            headers = MutableScopeHeaders.from_message(start)
            if "etag" not in headers:
                headers["ETag"] = f'W/"{hashlib.sha256(body).hexdigest()[:24]}"'
            if self._is_known(headers):
                start["status"], body = 304, b""
                for name in ("content-length", "content-type", "content-encoding"):
                    if name in headers:
                        del headers[name]
        await self._send(start)
        message["body"] = body
        if self._head:
            # Complete here, which the server tells whoever streams on as if the client had gone.
            self._over, message["body"], message["more_body"] = True, b"", False
        await self._send(message)

    def _is_known(self, headers: MutableScopeHeaders) -> bool:
        """By its tag; by its time only for who gave no tag (RFC 9110, 13.2.2)."""
        if self._known:
            return _opaque(headers["etag"]) in self._known or "*" in self._known
        if self._since is None or "last-modified" not in headers:
            return False
        return parsedate_to_datetime(headers["last-modified"]) <= self._since


def _since(scope: Any) -> datetime | None:
    given = next((value for name, value in scope["headers"] if name == b"if-modified-since"), b"")
    try:
        moment = parsedate_to_datetime(given.decode("latin-1"))
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _if_none_match(scope: Any) -> set[str]:
    given = b",".join(value for name, value in scope["headers"] if name == b"if-none-match")
    return {_opaque(tag) for tag in given.decode("latin-1").split(",") if tag.strip()}


def _opaque(tag: str) -> str:
    """The tag as RFC 9110 compares it weakly."""
    return tag.strip().removeprefix("W/")
