"""The words of a form that was refused unread: they come back in the page, to be sent once more."""

from typing import Any
from urllib.parse import parse_qsl

from litestar import Request
from litestar.types import Receive

from app.settings import settings
from app.web.forms import Form

FORM = "application/x-www-form-urlencoded"
FIELDS = 50


async def words_of(request: Request[Any, Any, Any], receive: Receive) -> Form | None:
    """What the body holds, as far as it is a form that we would have read; passwords are typed again."""
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    body = await _body(receive) if request.method == "POST" and kind == FORM else None
    if not body:
        return None
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=FIELDS)
    except ValueError:
        return None
    return Form(values={name: value.replace("\r\n", "\n") for name, value in pairs if "\0" not in value})


async def _body(receive: Receive) -> bytes | None:
    parts, size, more = [], 0, True
    while more:
        message: Any = await receive()
        if message["type"] != "http.request":
            return None
        parts.append(message.get("body", b""))
        more, size = message.get("more_body", False), size + len(parts[-1])
        if size > settings.body_limit_bytes:
            return None
    return b"".join(parts)
