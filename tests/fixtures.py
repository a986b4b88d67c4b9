"""What every test may ask for: an empty database, the cast, a real server, a Redis to kill."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path

import httpx
import pytest

from app.database.engine import DB, Engine
from app.database.migrations import migrate
from app.database.transaction import retried
from app.jobs import queue
from app.live import broker
from tests import services
from tests.cast import Cast, Member, enter_all
from tests.counting import counting
from tests.own_redis import OwnRedis
from tests.serving import Server

_TABLES = """
SELECT string_agg(quote_ident(tablename), ', ') FROM pg_tables
WHERE schemaname = current_schema() AND tablename NOT IN ('installation', 'channels', 'migration')
"""
# Servers that outlive a test know these channels: their numbers go on, as after pruning.
_RESEED = """
WITH others AS (DELETE FROM channels WHERE name NOT IN ('access', 'posts', 'moderation'))
UPDATE channels SET floor = seq WHERE name IN ('access', 'posts', 'moderation')
"""


@pytest.fixture(scope="session")
async def _pool() -> AsyncIterator[Engine]:
    await migrate()
    await DB.start(size=20)
    yield DB
    await DB.stop()


@retried
async def _empty(engine: Engine) -> None:
    """A server that still answers the test before may hold a row that we want, and want one that we hold."""
    tables = (await engine.fetch(_TABLES))[0][0]
    await engine.fetch(f"TRUNCATE {tables}")
    await engine.fetch(_RESEED)


@pytest.fixture
async def database(_pool: Engine) -> Engine:
    """The engine on a migrated, empty database."""
    await _empty(_pool)
    # What earlier tests committed without a courier is not this one's.
    broker.publisher._waiting.clear()
    queue.pusher.forget()
    return _pool


@pytest.fixture
async def cast(database: Engine) -> Cast:
    """Alice, bob, mallory, mona and ada, all signed in."""
    return await enter_all()


@pytest.fixture
def queries(database: Engine) -> Iterator[list[str]]:
    """The statements that this process runs during the test, after what other fixtures ran."""
    with counting() as statements:
        yield statements


@pytest.fixture(scope="session")
def _server(_pool: Engine) -> Iterator[Server]:
    shared = Server()
    try:
        yield shared.start()
    finally:
        shared.close()


@pytest.fixture
def server(_server: Server, database: Engine) -> Server:
    """A running server that all tests share: ask it whatever you like, but leave it running."""
    return _server


@pytest.fixture
def serve(database: Engine) -> Iterator[Callable[..., Server]]:
    """Start a server of the test's own, with settings of its own; it may be killed."""
    with ExitStack() as stack:

        def start(**settings: object) -> Server:
            own = Server(**settings)
            stack.callback(own.close)
            return own.start()

        yield start


@pytest.fixture
def new_folder() -> Iterator[Path]:
    """A folder for a server's data, which servers that do not run as root can reach."""
    with ExitStack() as stack:
        yield services.new_folder(stack)


@pytest.fixture
def redis_server(new_folder: Path) -> Iterator[OwnRedis]:
    """A Valkey of the test's own, which may be killed, stopped and emptied."""
    own = OwnRedis(new_folder)
    yield own
    own.close()


@pytest.fixture
async def client(server: Server) -> AsyncIterator[httpx.AsyncClient]:
    """An HTTP client of someone who is not signed in."""
    async with server.client() as anonymous:
        yield anonymous


@pytest.fixture
async def as_(server: Server) -> AsyncIterator[Callable[[Member], httpx.AsyncClient]]:
    """`as_(cast.alice)` is an HTTP client with alice's session."""
    async with AsyncExitStack() as stack:
        yield lambda member: _kept(stack, server.client(member.token))


def _kept(stack: AsyncExitStack, client: httpx.AsyncClient) -> httpx.AsyncClient:
    stack.push_async_callback(client.aclose)
    return client
