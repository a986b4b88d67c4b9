"""A uvicorn in the tests' own loop, on the tests' own hub."""

import asyncio
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import httpx
import uvicorn
from litestar import Litestar
from litestar.di import Provide

from app.accounts.door import Door, Identified, provide_viewer
from app.live.hub import Hub
from app.live.protocol import LiveProtocol
from app.live.socket import Sockets
from app.live.stream import follow_channel
from app.live.transport import StreamProtocol
from app.web.conditional import Conditional
from app.web.headers import Headers
from app.web.refusals import HANDLERS
from tests.serving import free_port
from tests.waiting import eventually


class InProcess(uvicorn.Server):
    """Leaves signals alone."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.config.port}/live"

    def client(self, token: str | None = None) -> httpx.AsyncClient:
        cookies = {"hubbub_session": token} if token else None
        url = f"http://127.0.0.1:{self.config.port}"
        return httpx.AsyncClient(base_url=url, cookies=cookies, timeout=30, trust_env=False)


@asynccontextmanager
async def running(hub: Hub, **options: Any) -> AsyncIterator[InProcess]:
    """The three transports and the layers around them; nothing else of the application."""
    with warnings.catch_warnings():
        # Litestar wants dependencies to be marked from its third version on.
        warnings.simplefilter("ignore")
        litestar = Litestar(
            [follow_channel], dependencies={"viewer": Provide(provide_viewer)},
            exception_handlers=HANDLERS, openapi_config=None, logging_config=None,
        )  # fmt: skip
    litestar.state.hub, litestar.state.door = hub, Door()
    protocols: dict[str, Any] = {"ws": LiveProtocol, "http": StreamProtocol, **options}
    app: Any = Sockets(Headers(Conditional(Identified(litestar))), litestar.state)
    inner = InProcess(
        uvicorn.Config(
            app,
            port=free_port(),
            lifespan="off",
            log_config=None,
            ws_per_message_deflate=False,
            ws_max_size=65_536,
            **protocols,
        )
    )
    task = asyncio.create_task(inner.serve())
    await eventually(lambda: inner.started, "the server listens")
    yield inner
    inner.should_exit = True
    await task
