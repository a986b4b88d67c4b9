"""From whatever was raised to the answer: in the envelope under `/api/`, as a page everywhere else."""

from typing import Any
from urllib.parse import quote

import structlog
from asyncpg import ForeignKeyViolationError
from litestar import Request, Response
from litestar.exceptions import (
    ClientException,
    HTTPException,
    MethodNotAllowedException,
    NotFoundException,
    ValidationException,
)
from litestar.response import Redirect
from litestar.types import ExceptionHandlersMap

from app.database.unavailable import UNAVAILABLE
from app.web.envelope import failed
from app.web.errors import (
    BadJson,
    BadQuery,
    Conflict,
    FieldError,
    Internal,
    Invalid,
    MethodNotAllowed,
    NotFound,
    Refusal,
    TooLarge,
    Unauthenticated,
    Unavailable,
)
from app.web.secrecy import loggable
from app.web.templates import here, page
from app.web.validation import explain

log = structlog.get_logger("hubbub.web")

TITLES = {
    400: "That could not be read",
    401: "Sign in first",
    403: "Not from here",
    404: "Nothing here",
    405: "Not at this address",
    409: "Not as things stand",
    413: "Too much at once",
    415: "Not in this form",
    422: "Not quite",
    429: "A moment, please",
    503: "Back in a moment",
}


def answer(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """The response for anything that a controller, or Litestar on the way to it, raised."""
    refusal = as_refusal(error)
    if refusal.status == 500:
        log.error("request_failed", method=request.method, path=loggable(request.url.path), exc_info=error)
        refusal.message = f"{refusal.message} It is noted as {request.state.get('request_id', '')}."
    if request.url.path.startswith("/api/"):
        return failed(refusal)
    if isinstance(refusal, Unauthenticated) and request.method == "GET":
        return Redirect(f"/sign-in?next={quote(here(request))}", status_code=303)
    return error_page(request, refusal)


def error_page(request: Request[Any, Any, Any], refusal: Refusal) -> Response[Any]:
    title = TITLES.get(refusal.status, "Something broke")
    status = refusal.status
    response = page(
        request, "error.html", status_code=status, status=status, title=title, message=refusal.message
    )
    response.headers.update(refusal.headers)
    return response


def as_refusal(error: Exception) -> Refusal:
    match error:
        case Refusal():
            return error
        case ValidationException():
            return _of_validation(error)
        case NotFoundException():
            return NotFound()
        case MethodNotAllowedException():
            return _with_headers(MethodNotAllowed(), error)
        case HTTPException(status_code=413):
            return TooLarge()
        case ClientException():
            return BadJson("The request could not be read.")
        case ForeignKeyViolationError():
            # Whatever this was to hang on has gone since it was looked at.
            return Conflict()
        case _ if isinstance(error, UNAVAILABLE):
            return Unavailable()
    return Internal()


def _of_validation(error: ValidationException) -> Refusal:
    """Query values of the wrong type cannot be parsed; those out of range are invalid (API.md, 400 and 422)."""
    found: Any = error.extra or []
    if not found or any(item.get("key") == "data" for item in found):
        return BadJson()
    errors = [explain(item.get("key", ""), item["message"]) for item in found]
    unreadable = [error for error in errors if error.code == "invalid"]
    if unreadable:
        return BadQuery(
            errors=[FieldError(e.field, "bad_query", "This value cannot be read.") for e in unreadable]
        )
    return Invalid(errors)


def _with_headers(refusal: Refusal, error: HTTPException) -> Refusal:
    refusal.headers = dict(error.headers or {})
    return refusal


HANDLERS: ExceptionHandlersMap = {Exception: answer, HTTPException: answer}
