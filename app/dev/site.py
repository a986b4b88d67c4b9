"""Where the site is for a browser on this machine, and whether it answers."""

import http.client

from app.settings import settings

ANSWER_SECONDS = 2.0
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "::1"}  # noqa: S104  # nosec B104  # read, not bound to


def address(port: int) -> str:
    host = _host()
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def is_ready(port: int) -> bool:
    """Whether pages can be served."""
    connection = http.client.HTTPConnection(_host(), port, timeout=ANSWER_SECONDS)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _host() -> str:
    return EVERYWHERE.get(settings.host, settings.host)
