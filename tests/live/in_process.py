"""A uvicorn in the tests' own loop, around a hub of theirs: what it holds can be looked at."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import uvicorn
from litestar.datastructures import State

from app.accounts.door import Door
from app.live.hub import Hub
from app.live.protocol import LiveProtocol
from app.live.socket import Sockets
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


@asynccontextmanager
async def running(hub: Hub, ws: Any = LiveProtocol) -> AsyncIterator[InProcess]:
    app = Sockets(_nothing_else, State({"hub": hub, "door": Door()}))
    config = uvicorn.Config(
        app, port=free_port(), ws=ws, lifespan="off", log_config=None, ws_per_message_deflate=False,
        ws_max_size=65_536,
    )  # fmt: skip
    server = InProcess(config)
    task = asyncio.create_task(server.serve())
    await eventually(lambda: server.started, "the server listens")
    yield server
    server.should_exit = True
    await task


async def _nothing_else(*_: object) -> None:
    raise AssertionError("Nobody asks for anything but sockets.")
