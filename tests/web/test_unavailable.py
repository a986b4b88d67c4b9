"""When PostgreSQL does not answer: 503 and the reason, never an error of ours; then all goes on."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import asyncpg
import httpx
import pytest

from app.bundled import postgres
from app.settings import child_environment, settings
from tests.api import BASE, refused, shown
from tests.cast import Cast
from tests.live_client import LiveClient
from tests.serving import ROOT, Server
from tests.waiting import eventually


class OwnPostgres:
    """A PostgreSQL of the test's own, migrated, which may be killed and comes back on the same port."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._server = postgres.start(folder)
        self.url = self._server.url
        subprocess.run(
            [sys.executable, "-m", "app.cli", "migrate"], check=True, cwd=ROOT, stdout=subprocess.DEVNULL,
            env=child_environment(database_url=self.url),
        )  # fmt: skip

    def kill(self) -> None:
        os.kill(self._server.pid, signal.SIGKILL)
        self._server.stop()

    def start(self) -> None:
        self._server = postgres.start(self._folder, port=self._server.port)

    def start_as_standby(self) -> None:
        """What a backup looks like while it recovers: it may be read, and that is all."""
        self._server.stop()
        (self._folder / "postgres/data/standby.signal").touch()
        self.start()

    async def promote(self) -> None:
        connection = await asyncpg.connect(self.url)
        assert await connection.fetchval("SELECT pg_promote()")
        await connection.close()

    def close(self) -> None:
        self._server.stop()


@pytest.fixture
def own_postgres(new_folder: Path) -> Iterator[OwnPostgres]:
    own = OwnPostgres(new_folder)
    yield own
    own.close()


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as opened:
        yield opened


async def test_an_exhausted_pool_is_503_with_retry_after(
    serve: Callable[..., Server], cast: Cast, stack: AsyncExitStack
) -> None:
    small = serve(pool_size=2, pool_timeout_ms=300)
    other = await asyncpg.connect(settings.database_url)
    stack.push_async_callback(other.close)
    async with small.client() as client:
        async with other.transaction():
            await other.execute("LOCK TABLE posts")
            hanging = [asyncio.create_task(client.get(f"{BASE}/posts")) for _ in range(2)]
            answer = await eventually(lambda: _unavailable(client), "the pool is exhausted")
            refused(answer, 503, "unavailable")
            assert int(answer.headers["retry-after"]) >= 1
            page = await client.get("/")
            assert page.status_code == 503
            assert page.headers["content-type"].startswith("text/html")
        assert {done.status_code for done in await asyncio.gather(*hanging)} <= {200, 503}
        shown(await client.get(f"{BASE}/posts"))


async def _unavailable(client):
    try:
        answer = await client.get(f"{BASE}/posts", timeout=2)
    except httpx.ReadTimeout:
        # It got one of the last connections, and waits for the lock as the others do.
        return None
    return answer if answer.status_code == 503 else None


async def test_postgresql_killed_and_back_again(
    serve: Callable[..., Server], own_postgres: OwnPostgres
) -> None:
    lonely = serve(database_url=own_postgres.url)
    new = {
        "username": "grace",
        "name": "Grace",
        "email": "grace@example.org",
        "password": "correct horse battery",
    }
    async with lonely.client() as client:
        shown(await client.post(f"{BASE}/registrations", json=new), 201)
        reader = await LiveClient.open(lonely.live_url, origin=lonely.url)
        await reader.subscribe("posts")
        own_postgres.kill()
        post = {"title": "A title", "body": "Words", "key": "k"}
        for _ in range(3):
            refused(await client.get(f"{BASE}/posts"), 503, "unavailable")
            refused(await client.get(f"{BASE}/me"), 503, "unavailable")
            refused(await client.post(f"{BASE}/posts", json=post), 503, "unavailable")
        assert (await client.get("/")).status_code == 503
        assert (await client.get("/health")).status_code == 200
        assert (await client.get("/health/ready")).status_code == 503
        stranger = await LiveClient.open(lonely.live_url)
        error = await stranger.ask("auth", token=f"hub_{'a' * 43}")
        assert (error["code"], error["retry_after_ms"] > 0) == ("unavailable", True)
        error = await reader.ask("subscribe", channel="post:1")
        assert (error["code"], error["retry_after_ms"] > 0) == ("unavailable", True)
        bearer = {"Authorization": f"Bearer hub_{'a' * 43}"}
        refused(await client.get(f"{BASE}/me", headers=bearer), 503, "unavailable")
        own_postgres.start()
        await eventually(lambda: _ready(client), "it can serve again")
        assert (await stranger.ask("auth", token=f"hub_{'a' * 43}"))["code"] == "auth_failed"
        await stranger.close()
        shown(await client.post(f"{BASE}/posts", json=post), 201)
        await reader.hear_events("posts", 1)
        assert reader.close_code is None, "the reader was there all the time"
        await reader.close()


async def test_a_postgresql_that_recovers_is_unavailable_until_it_is_promoted(
    serve: Callable[..., Server], own_postgres: OwnPostgres
) -> None:
    """LIVE.md 3.6: then it is another epoch, and readers load afresh."""
    lonely = serve(database_url=own_postgres.url)
    new = {
        "username": "grace",
        "name": "Grace",
        "email": "g@example.org",
        "password": "correct horse battery",
    }
    post = {"title": "A title", "body": "Words", "key": "k"}
    async with lonely.client() as client:
        shown(await client.post(f"{BASE}/registrations", json=new), 201)
        reader = await LiveClient.open(lonely.live_url, origin=lonely.url)
        before = await reader.subscribe("posts")
        own_postgres.start_as_standby()
        await eventually(lambda: _ready(client), "it can be read")
        refused(await client.post(f"{BASE}/posts", json=post), 503, "unavailable")
        refused(await client.get(f"{BASE}/channels/posts/events"), 503, "unavailable")
        await own_postgres.promote()
        shown(await client.post(f"{BASE}/posts", json=post), 201)
        resync = await reader.hear_type("resync")
        assert resync["reason"] == "epoch"
        assert resync["epoch"] != before["epoch"]
        await reader.close()


async def _ready(client):
    return (await client.get("/health/ready")).status_code == 200


async def test_a_socket_opened_while_postgresql_is_away_is_told_to_come_back(
    serve: Callable[..., Server], own_postgres: OwnPostgres
) -> None:
    lonely = serve(database_url=own_postgres.url)
    async with lonely.client() as client:
        new = {
            "username": "grace",
            "name": "Grace",
            "email": "g@example.org",
            "password": "correct horse battery",
        }
        answer = await client.post(f"{BASE}/registrations", json=new)
    own_postgres.kill()
    token = answer.cookies["hubbub_session"]
    turned_away = await LiveClient.open(lonely.live_url, origin=lonely.url, token=token)
    assert await turned_away.gone() == 1012
    assert [frame["type"] for frame in turned_away.frames] == ["bye"]
    assert turned_away.frames[0]["reconnect_in"] is not None
