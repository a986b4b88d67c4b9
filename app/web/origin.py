"""Which requests are ours: the rule against other sites (API.md, Who)."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from app.settings import settings
from app.web.errors import CrossSite

SAFE = {"GET", "HEAD", "OPTIONS"}
_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}


def refuse_cross_site(method: str, headers: Mapping[str, str]) -> None:
    """Refuse an unsafe request that another site made. Raises CrossSite."""
    if method in SAFE:
        return
    site = headers.get("sec-fetch-site")
    if site is not None:
        refused = site in {"cross-site", "same-site"}
    else:
        origin = headers.get("origin")
        refused = origin is not None and not is_ours(origin, headers)
    if refused:
        raise CrossSite


def is_ours(origin: str, headers: Mapping[str, str]) -> bool:
    """Whether an `Origin` is this community's address, whole and exact; `null` never is."""
    if origin in settings.origins:
        return True
    if settings.url:
        return _place(origin) is not None and _place(origin) == _place(settings.url)
    host = headers.get("host", "")
    place = _place(origin)
    return place is not None and place == _place(f"{place[0]}://{host}")


def _place(url: str) -> tuple[str, str, int] | None:
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError:
        return None
    if not parts.hostname or not port or parts.username is not None:
        return None
    return parts.scheme, parts.hostname, port
