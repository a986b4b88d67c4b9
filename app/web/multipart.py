"""Files that come in a form: one, under the name `file`, of a limited size."""

from dataclasses import dataclass
from typing import Any

from litestar import Request
from litestar.datastructures import UploadFile
from litestar.openapi.spec import OpenAPIFormat, OpenAPIMediaType, OpenAPIType, Operation, RequestBody, Schema

from app.settings import settings
from app.web.errors import FieldError, Invalid, TooLarge
from app.web.forms import read_parts
from app.web.guards import MULTIPART

LIMIT = settings.upload_limit_bytes
# What stands around the file: boundaries, its name, other fields.
BODY_LIMIT = LIMIT + 16_384
DRAINED = 8 * LIMIT

Asked = Request[Any, Any, Any]


@dataclass
class TakesFile(Operation):
    """Given to a route as `operation_class=`: what /api/openapi.json says of its body."""

    def __post_init__(self) -> None:
        file = Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.BINARY)
        form = Schema(type=OpenAPIType.OBJECT, required=["file"], properties={"file": file})
        self.request_body = RequestBody(content={MULTIPART: OpenAPIMediaType(schema=form)}, required=True)


async def read_file(request: Asked) -> bytes:
    """The bytes of `file`, whatever its name and type are said to be. Raises Invalid, TooLarge."""
    await _refuse_large(request)
    form = await read_parts(request)
    sent = form.getall("file", [])
    if len(sent) != 1 or not isinstance(sent[0], UploadFile):
        raise _missing()
    data = await sent[0].read()
    if len(data) > LIMIT:
        raise TooLarge(_large())
    if not data:
        raise _missing()
    return data


async def _refuse_large(request: Asked) -> None:
    declared = request.headers.get("content-length", "")
    if not declared.isdecimal() or int(declared) <= BODY_LIMIT:
        return
    # A browser that is still sending does not read the answer: hear it out, within reason.
    left = int(declared) if int(declared) <= DRAINED else 0
    while left > 0:
        message = await request.receive()
        if message["type"] != "http.request" or not message.get("more_body"):
            break
        left -= len(message.get("body", b""))
    raise TooLarge(_large())


def _large() -> str:
    return f"This file is too large; send one of at most {LIMIT // 1_048_576 or 1} MB."


def _missing() -> Invalid:
    return Invalid([FieldError("file", "required", "Choose a picture first.")])
