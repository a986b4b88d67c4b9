"""Workers, and what they reach."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack

import pytest

from app.bundled import valkey
from app.database.engine import Engine
from app.jobs.performer import Performer
from tests.jobs.examples import JOBS, done
from tests.mail_server import MailServer, mail_server
from tests.working import Worker


@pytest.fixture
async def smtp() -> AsyncIterator[MailServer]:
    """A mail server of the test's own."""
    async with mail_server() as server:
        yield server


@pytest.fixture
def performer(database: Engine) -> Performer:
    """One that does the jobs of `examples`, of which nothing is done yet."""
    done.clear()
    return Performer(JOBS)


@pytest.fixture
def work(database: Engine, redis_server: valkey.Server) -> Iterator[Callable[..., Worker]]:
    """Start a worker on the test's own Redis, with settings of its own; it may be killed."""
    with ExitStack() as stack:

        def start(**settings: object) -> Worker:
            own = Worker(redis_url=redis_server.url, **settings)
            stack.callback(own.close)
            return own.start()

        yield start
