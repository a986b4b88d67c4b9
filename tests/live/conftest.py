"""A hub in the tests' own process, and two servers outside of it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack

import httpx
import pytest

from app.accounts.door import Door
from app.database.engine import Engine
from app.live import broker
from app.live.guard import Guard
from app.live.hub import Hub
from tests import services
from tests.cast import Cast
from tests.live.guarded import looked_at_nobody
from tests.live.inner import InProcess, running
from tests.live.servers import Everywhere, everywhere
from tests.own_redis import OwnRedis
from tests.saying import open_channel
from tests.serving import Server
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


@pytest.fixture
async def local(inner: InProcess) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the server that runs on the tests' own hub."""
    async with inner.client() as client:
        yield client


@pytest.fixture
async def guard(hub: Hub, publisher: broker.Publisher) -> AsyncIterator[Guard]:
    running = Guard(hub, Door())
    await running.start()
    await looked_at_nobody(hub)
    yield running
    await running.stop()


@pytest.fixture(scope="module")
def redis_server() -> Iterator[OwnRedis]:
    with ExitStack() as stack:
        own = OwnRedis(services.new_folder(stack))
        yield own
        own.close()


@pytest.fixture(scope="module")
def servers(_pool: Engine, redis_server: OwnRedis) -> Iterator[list[Server]]:
    """Two web processes on one database and one Redis; what a test does to them it makes good."""
    both = [Server(redis_url=redis_server.url) for _ in range(2)]
    for server in both:
        server.launch()
    yield [server.wait_until_ready() for server in both]
    for server in both:
        server.close()


@pytest.fixture(params=["with redis", "without redis"])
async def here(
    request: pytest.FixtureRequest, servers: list[Server], redis_server: OwnRedis, cast: Cast
) -> AsyncIterator[Everywhere]:
    """The two servers, with their Redis or after it was killed."""
    if request.param == "without redis":
        redis_server.kill()
    async with everywhere(servers) as found:
        yield found
    if request.param == "without redis":
        redis_server.start()
