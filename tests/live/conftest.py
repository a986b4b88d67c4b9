"""A hub in the tests' own process."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from app.database.engine import Engine
from app.live import broker
from app.live.hub import Hub
from tests.live.inner import InProcess, running
from tests.saying import open_channel
from tests.waiting import eventually


@pytest.fixture
async def hub(database: Engine) -> AsyncIterator[Hub]:
    """A hub that listens to Redis; nobody publishes there unless the test asks for `publisher`."""
    running = Hub()
    await running.start()
    await eventually(lambda: running.listener.connected, "the hub hears Redis")
    yield running
    await running.stop()


@pytest.fixture
async def publisher(database: Engine) -> AsyncIterator[broker.Publisher]:
    task = asyncio.create_task(broker.publisher.run())
    yield broker.publisher
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
async def channel(database: Engine) -> str:
    """A channel that every reader may read, with no events yet."""
    post = (
        await database.fetch(
            "INSERT INTO posts (title, body, body_html, excerpt) VALUES ('A title', 'Words', '', '') RETURNING id"
        )
    )[0][0]
    return await open_channel(f"post:{post}")


@pytest.fixture
async def inner(hub: Hub) -> AsyncIterator[InProcess]:
    """A server in this process, around the hub."""
    async with running(hub) as server:
        yield server
