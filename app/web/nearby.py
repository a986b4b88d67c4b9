"""Which requests come from this machine itself."""

from ipaddress import ip_address
from typing import Any

from litestar import Request

from app.web.errors import NotFound

# Who is sent on by a proxy that we do not know is not here, though the proxy may be.
PASSED_ON = ("x-forwarded-for", "forwarded", "via", "x-real-ip")


def require_loopback(request: Request[Any, Any, Any]) -> None:
    """Raises NotFound for everybody else."""
    if not is_nearby(request):
        raise NotFound


def is_nearby(request: Request[Any, Any, Any]) -> bool:
    if request.client is None or any(name in request.headers for name in PASSED_ON):
        return False
    try:
        return ip_address(request.client.host).is_loopback
    except ValueError:
        return False
