"""What goes into Piccolo Admin and what comes out, each held until it is whole."""

from typing import Any, Self

from litestar.datastructures import MutableScopeHeaders
from litestar.types import Receive, Send

from app.web.errors import TooLarge

# As everywhere, but that the icons and editors of its bundle bring style elements of their own.
POLICY = (
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "object-src 'none'; img-src 'self' data:"
)


class Body:
    """The body of a request, read before anything is done about it."""

    def __init__(self, content: bytes, receive: Receive) -> None:
        self._content: bytes | None = content
        self._receive = receive

    @classmethod
    async def read(cls, receive: Receive, limit: int) -> Self:
        """Raises TooLarge for more than `limit` bytes."""
        content = b""
        while True:
            message: Any = await receive()
            content += message.get("body", b"")
            if len(content) > limit:
                raise TooLarge
            if not message.get("more_body"):
                return cls(content, receive)

    async def receive(self) -> Any:
        if self._content is None:
            return await self._receive()
        content, self._content = self._content, None
        return {"type": "http.request", "body": content, "more_body": False}


class Answer:
    """An answer that is sent only when what it tells has happened."""

    def __init__(self) -> None:
        self._start: Any = None
        self._content = b""

    @property
    def status(self) -> int:
        return int(self._start["status"])

    async def take(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self._start = message
        else:
            self._content += message.get("body", b"")

    async def send(self, send: Send) -> None:
        headers = MutableScopeHeaders.from_message(self._start)
        headers["Content-Security-Policy"] = POLICY
        # Its files bear their version in their names; all else shows people's data.
        immutable = "javascript" in headers.get("content-type", "") or "css" in headers.get("content-type", "")
        headers["Cache-Control"] = "private, max-age=31536000, immutable" if immutable else "private, no-store"
        await send(self._start)
        await send({"type": "http.response.body", "body": self._content, "more_body": False})
