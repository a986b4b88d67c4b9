"""Promises 1 and 2: whatever is killed, paused or emptied, every reader ends with all of it, in order."""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from time import monotonic

import httpx
import pytest

from app.database.engine import DB, Engine
from tests.cast import Cast, Member
from tests.live.follower import Follower
from tests.own_redis import OwnRedis
from tests.serving import Server
from tests.waiting import eventually
from tests.writers import check_sums, open_thread

OUTAGE = 10.0

TERMINATE = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE application_name = 'hubbub' AND datname = current_database() AND pid <> pg_backend_pid() AND random() < 0.5
"""


class Writer:
    """Writes one comment after the other, and sends each again under its key until it is acknowledged."""

    def __init__(self, servers: list[Server], member: Member, post: int) -> None:
        self.acknowledged: list[int] = []
        self.slowest = 0.0
        self._servers, self._member, self._post = servers, member, post

    async def write(self, until: asyncio.Event) -> None:
        async with AsyncExitStack() as stack:
            clients = [await stack.enter_async_context(s.client(self._member.token)) for s in self._servers]
            while not until.is_set():
                await self._say(clients, len(self.acknowledged))
                await asyncio.sleep(0.03)

    async def _say(self, clients: list[httpx.AsyncClient], number: int) -> None:
        comment = {"body": f"number {number}", "key": f"k{number}"}
        for turn in range(1000):
            started = monotonic()
            try:
                answer = await clients[turn % len(clients)].post(
                    f"/api/v1/posts/{self._post}/comments", json=comment
                )
            except httpx.TransportError:
                await asyncio.sleep(0.1)
                continue
            self.slowest = max(self.slowest, monotonic() - started)
            if answer.status_code in {200, 201}:
                self.acknowledged.append(answer.json()["data"]["id"])
                return
            assert answer.status_code == 503, answer.text
            await asyncio.sleep(0.1)
        raise AssertionError("Nobody takes this comment.")


@pytest.fixture
async def post(cast: Cast) -> int:
    return await open_thread(cast.alice)


@asynccontextmanager
async def readers_of(servers: list[Server], post: int) -> AsyncIterator[list[Follower]]:
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(Follower(server, f"post:{post}")) for server in servers * 3]


async def write_through(
    disaster: Callable[[], Awaitable[None]], servers: list[Server], cast: Cast, post: int
) -> list[Writer]:
    """Two people write while it happens, and a little after. Then all sums and all readers are right."""
    writers = [Writer(servers, member, post) for member in (cast.alice, cast.bob)]
    enough = asyncio.Event()
    async with readers_of(servers, post) as readers:
        writing = [asyncio.create_task(writer.write(enough)) for writer in writers]
        await eventually(lambda: all(len(reader.seqs) > 5 for reader in readers), "all readers hear")
        await disaster()
        before = sum(len(writer.acknowledged) for writer in writers)
        await eventually(
            lambda: sum(len(writer.acknowledged) for writer in writers) > before + 5,
            "writing goes on afterwards",
        )
        enough.set()
        await asyncio.gather(*writing)
        last = await check_sums(post)
        rows = await DB.fetch("SELECT id FROM comments WHERE post = $1 ORDER BY id", post)
        ids = [row["id"] for row in rows]
        assert ids == sorted(identity for writer in writers for identity in writer.acknowledged)
        for reader in readers:
            await reader.has(list(range(1, last + 1)))
            assert reader.ids == ids
    return writers


async def test_redis_killed_for_ten_seconds_loses_nothing(
    servers: list[Server], redis_server: OwnRedis, cast: Cast, post: int
) -> None:
    async def kill() -> None:
        redis_server.kill()
        await asyncio.sleep(OUTAGE)
        redis_server.start()

    writers = await write_through(kill, servers, cast, post)
    assert max(writer.slowest for writer in writers) < OUTAGE / 2, "no request waits for Redis"


async def test_redis_stopped_for_ten_seconds_loses_nothing_and_holds_nobody_up(
    servers: list[Server], redis_server: OwnRedis, cast: Cast, post: int
) -> None:
    async def stop() -> None:
        redis_server.pause()
        try:
            await asyncio.sleep(OUTAGE)
        finally:
            redis_server.resume()

    writers = await write_through(stop, servers, cast, post)
    assert max(writer.slowest for writer in writers) < OUTAGE / 2, "no request waits for Redis"


async def test_redis_flushed_for_ten_seconds_loses_nothing(
    servers: list[Server], redis_server: OwnRedis, cast: Cast, post: int
) -> None:
    async def flush() -> None:
        until = monotonic() + OUTAGE
        while monotonic() < until:
            await redis_server.flush()
            await asyncio.sleep(0.1)

    await write_through(flush, servers, cast, post)


async def test_a_web_process_killed_or_paused_loses_nothing(
    servers: list[Server], cast: Cast, post: int
) -> None:
    async def kill_each() -> None:
        for server in servers:
            server.kill()
            await asyncio.to_thread(server.start)
        servers[0].signal(signal.SIGSTOP)
        await asyncio.sleep(3)
        servers[0].signal(signal.SIGCONT)

    await write_through(kill_each, servers, cast, post)


async def test_lost_database_connections_lose_nothing(
    servers: list[Server], cast: Cast, post: int, database: Engine
) -> None:
    """Whoever was told that a comment is kept finds it, and nobody finds it twice."""

    killed = 0

    async def terminate() -> None:
        nonlocal killed
        for _ in range(10):
            killed += len(await database.fetch(TERMINATE))
            await asyncio.sleep(0.2)

    await write_through(terminate, servers, cast, post)
    assert killed > 10
