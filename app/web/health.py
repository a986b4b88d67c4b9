"""Whether the process lives, and whether it can serve."""

import asyncio
from typing import Any

from litestar import Request, Response, get

from app.database.engine import DB
from app.database.unavailable import UNAVAILABLE

ANSWER_SECONDS = 2.0
NO_ANSWER: tuple[type[Exception], ...] = (*UNAVAILABLE, TimeoutError)


@get("/health", include_in_schema=False)
async def health() -> dict[str, str]:
    return {"status": "ok"}


@get("/health/ready", include_in_schema=False)
async def ready(request: Request[Any, Any, Any]) -> Response[dict[str, Any]]:
    """200 when pages can be served; Redis away only slows live delivery, which is said as degraded."""
    database = await _database_answers()
    degraded = [] if request.app.state.hub.listener.connected else ["redis"]
    status = "ok" if database else "unavailable"
    return Response({"status": status, "degraded": degraded}, status_code=200 if database else 503)


async def _database_answers() -> bool:
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            await DB.fetch("SELECT 1")
    except NO_ANSWER:
        return False
    return True
