"""Addresses that are secrets, as those of mailed links are: not kept, not passed on, not logged."""

import re
from typing import Any

from litestar import Request, Response

from app.web.templates import page

# Every token of a link is one long part of its path.
_TOKEN = re.compile(r"[A-Za-z0-9_-]{40,}")


def secret_page(
    request: Request[Any, Any, Any], template: str, *, status_code: int = 200, **context: object
) -> Response[str]:
    """A page that no cache keeps and whose address no Referer tells, not even to ourselves."""
    response = page(request, template, status_code=status_code, **context)
    response.headers["Cache-Control"] = "no-store"
    # Not `no-referrer`: with it browsers send `Origin: null` with our own forms.
    response.headers["Referrer-Policy"] = "strict-origin"
    return response


def loggable(path: str) -> str:
    """A path without the tokens in it."""
    return _TOKEN.sub("…", path)
