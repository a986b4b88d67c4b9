"""Every route that changes something, as whoever attacks would find it: by walking the site map."""

import asyncio
import re
from typing import Any

from litestar import Litestar

from tests.inside import app
from tests.serving import Server

SAFE = {"GET", "HEAD", "OPTIONS"}
# Mounted, and so without methods of its own.
ADMIN = ("PATCH", "/admin/api/tables/users/{user_id:int}/")


def unsafe_routes() -> list[tuple[str, str]]:
    """Method and path of each, the path with its parameters."""
    site: Any = app
    while not isinstance(site, Litestar):
        # One layer around another.
        site = site._app
    routes = ((method, route.path) for route in site.routes for method in getattr(route, "methods", ()))
    return [*sorted((method, path) for method, path in routes if method not in SAFE), ADMIN]


def filled(path: str, number: int = 1, word: str = "x") -> str:
    """The path with something in the place of each parameter."""
    return re.sub(r"{\w+:(\w+)}", lambda part: str(number) if part[1] == "int" else word, path)


async def send_raw(server: Server, request: bytes) -> bytes:
    """What comes back for these very bytes: clients tidy up what attackers do not."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    try:
        writer.write(request)
        await writer.drain()
        async with asyncio.timeout(15):
            return await reader.read()
    finally:
        writer.close()


async def get_raw(server: Server, target: str, *headers: str) -> bytes:
    lines = [f"GET {target} HTTP/1.1", "Host: 127.0.0.1", "Connection: close", *headers, "", ""]
    return await send_raw(server, "\r\n".join(lines).encode("latin-1"))
