"""The Litestar application: the only place where parts meet."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from typing import Any

from litestar import Litestar
from litestar.config.compression import CompressionConfig
from litestar.di import Provide
from litestar.types import ASGIApp

from app.accounts.door import Door, Identified, provide_viewer
from app.database.engine import DB
from app.jobs import queue
from app.live import broker
from app.live.drain import drain
from app.live.guard import Guard
from app.live.hub import Hub
from app.live.socket import Sockets
from app.live.stream import UNCOMPRESSED
from app.mail.lists import registry as mail_lists
from app.mail_lists import MAIL_LISTS
from app.reactions.counting import flusher
from app.reactions.services import flush
from app.routes import ROUTES
from app.settings import settings
from app.site.identity import SITE
from app.site.openapi import OPENAPI
from app.web.body import JsonBody
from app.web.conditional import Conditional
from app.web.guards import check_request
from app.web.headers import Headers
from app.web.https import Encrypted
from app.web.limits import limiter
from app.web.limits.layer import Limited
from app.web.refusals import HANDLERS
from app.web.templates import introduce

# A request that takes longer than this has failed, and a hub that waits longer is blind.
STATEMENT_SECONDS = 15.0


@asynccontextmanager
async def lifespan(litestar: Litestar) -> AsyncGenerator[None, None]:
    """Pool first, hub after it; the other way round at the end. Raises what PostgreSQL raises."""
    await DB.start(statement_seconds=STATEMENT_SECONDS)
    hub: Hub = litestar.state.hub
    drain.watch(hub.connections)
    await hub.start()
    guard = Guard(hub, litestar.state.door)
    await guard.start()
    tasks = [
        asyncio.create_task(task)
        for task in (broker.publisher.run(), queue.pusher.run(), flusher.run(flush), hub.presence.run())
    ]
    try:
        yield
    finally:
        await guard.stop()
        await hub.stop()
        await _end(tasks)
        await limiter.close()
        await DB.stop()


async def _end(tasks: list[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def build() -> ASGIApp:
    """The application and its layers.

    Sockets leave first, then headers, then https, then HEAD and ETag, then who is asking, and how often.
    """
    litestar = Litestar(
        route_handlers=ROUTES,
        lifespan=[lifespan],
        before_request=check_request,
        dependencies={"viewer": Provide(provide_viewer)},
        dto=JsonBody,
        return_dto=None,
        exception_handlers=HANDLERS,
        # telemetry.logs has set it up; Litestar would put its own format over ours.
        logging_config=None,
        request_max_body_size=settings.body_limit_bytes,
        compression_config=CompressionConfig(
            backend="brotli", minimum_size=500, brotli_gzip_fallback=True, exclude_opt_key=UNCOMPRESSED
        ),
        openapi_config=OPENAPI,
    )
    litestar.state.hub, litestar.state.door = Hub(), Door()
    introduce(SITE)
    mail_lists.introduce(MAIL_LISTS)
    return Sockets(Headers(Encrypted(Conditional(Identified(Limited(litestar))))), litestar.state)


app = build()
