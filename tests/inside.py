"""The application in this process, without a server between: for tests that count its statements."""

import warnings
from typing import Any

import httpx
from litestar import Litestar

from tests.cast import Member
from tests.counting import counting

__all__ = ["app", "cost", "routes"]

with warnings.catch_warnings():
    # Litestar wants dependencies to be marked from its third version on.
    warnings.simplefilter("ignore")
    from app.asgi import app


async def cost(path: str, member: Member | None = None) -> int:
    """How many statements one GET takes, its session's included; it must not be refused."""
    cookies = {"hubbub_session": member.token} if member else None
    transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]  # Litestar's ASGI types are its own
    async with httpx.AsyncClient(transport=transport, base_url="http://inside", cookies=cookies) as client:
        with counting() as statements:
            answer = await client.get(path)
    assert not answer.is_error, answer.text
    return len(statements)


def routes() -> list[Any]:
    """Every route of the application, below the layers around it."""
    site: Any = app
    while not isinstance(site, Litestar):
        site = site._app
    return list(site.routes)
