"""What goes into Piccolo Admin and what comes out, each held until it is whole."""

from typing import Any, Self

from litestar.datastructures import MutableScopeHeaders
from litestar.types import Receive, Send

from app.web.errors import TooLarge
from app.web.headers import SECURITY

# The style elements that the bundle of piccolo-admin 1.14.0 makes: its icons, its editor, and an empty one
# that it fills. By their hashes, and for these answers only: no other inline style and no script gets in.
STYLES = (
    "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='",
    "'sha256-U2kEcnngcrfdto6sFJKrtW80odoJ5yOgdz80DpMDrWA='",
    "'sha256-36E+CbvABov6CENfak/CBFxx0LsZtt+fKdRCtVFGtkw='",
    "'sha256-t4I2teZN5ZH+VM+XOiWlaPbsjQHe+k9d6viXPpKpNWA='",
)
POLICY = f"{SECURITY['Content-Security-Policy']}; style-src 'self'; style-src-elem 'self' {' '.join(STYLES)}"


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
        immutable = "javascript" in headers.get("content-type", "") or "css" in headers.get(
            "content-type", ""
        )
        headers["Cache-Control"] = (
            "private, max-age=31536000, immutable" if immutable else "private, no-store"
        )
        await send(self._start)
        await send({"type": "http.response.body", "body": self._content, "more_body": False})
