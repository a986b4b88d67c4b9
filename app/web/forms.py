"""HTML forms: what came in, and what goes back with it when it cannot be taken."""

import secrets
from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.datastructures import FormMultiDict
from litestar.response import Redirect

from app.web.errors import BadForm, Refusal


class Form(msgspec.Struct, kw_only=True):
    """The fields of a form as they were typed, and one sentence for each that is wrong."""

    values: dict[str, str]
    errors: dict[str, str] = {}
    message: str | None = None

    def refused(self, refusal: Refusal) -> "Form":
        """The same words again, with what is wrong; under a fresh key, as the old one may be spent."""
        named = [((error.field or "").rpartition(".")[2], error.message) for error in refusal.errors]
        errors = {field: message for field, message in named if field in self.values}
        message = None if errors else refusal.message
        return Form(values={**self.values, "key": new_key()}, errors=errors, message=message)


async def read_form(request: Request[Any, Any, Any], *names: str) -> Form:
    """These fields of the body, missing ones as ""; line ends as JSON clients send them."""
    data: Mapping[str, Any] = await read_parts(request)
    return Form(values={name: _text(data.get(name)) for name in names})


async def read_parts(request: Request[Any, Any, Any]) -> FormMultiDict:
    """All that a body in either form has. Raises BadForm."""
    try:
        return await request.form()
    except (UnicodeError, LookupError):
        # Letters of no alphabet, or of one that nobody knows.
        raise BadForm from None


async def read_choices(request: Request[Any, Any, Any], name: str) -> list[str]:
    """All values of a field that may come several times."""
    form = await read_parts(request)
    return [_text(value) for value in form.getall(name, [])]


def empty_form(*names: str, **values: str) -> Form:
    return Form(values={**dict.fromkeys(names, ""), "key": new_key(), **values})


def new_key() -> str:
    return secrets.token_urlsafe(16)


def see_other(path: str) -> Response[Any]:
    """Where a form that was taken leads."""
    return Redirect(path, status_code=303)


def safe_next(path: str) -> str:
    """A path of ours to go on to, or the front page: never another site's address."""
    plain = path.isascii() and path.isprintable() and "\\" not in path
    return path if plain and path.startswith("/") and not path.startswith("//") else "/"


def _text(value: object) -> str:
    return value.replace("\r\n", "\n") if isinstance(value, str) else ""
