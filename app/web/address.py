"""This community's own address, for what must be absolute: feeds, previews, the sitemap."""

import re
from typing import Any

from litestar import Request

from app.settings import settings

# A name or an address and a port, and nothing that could be anything else in a document.
HOST = re.compile(r"(?:[A-Za-z0-9][A-Za-z0-9.-]{0,252}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?\Z")


def root(request: Request[Any, Any, Any]) -> str:
    """HUBBUB_URL; without it what the request says of itself, if that is the shape of a host. No slash ends it."""
    if settings.url:
        return settings.url.rstrip("/")
    host = request.headers.get("host", "")
    return f"{request.url.scheme}://{host if HOST.match(host) else f'{settings.host}:{settings.port}'}"


def caching() -> str:
    """For what is the same for everybody: shared caches may hold it if no request could name our address."""
    return "public, no-cache" if settings.url else "private, no-cache"
