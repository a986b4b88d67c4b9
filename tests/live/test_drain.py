"""LIVE.md 4.8: a process that is told to stop says `bye` at a pace, and nobody loses an event."""

import asyncio
import signal
from collections import Counter
from collections.abc import Callable
from contextlib import AsyncExitStack
from functools import partial
from itertools import pairwise

import httpx
import pytest

from app.accounts.viewer import ANONYMOUS
from app.database.engine import Engine
from app.live import broker
from app.live.connections import Connections
from app.live.drain import Drain
from app.live.subscription import Subscription
from tests.cast import Cast
from tests.live.follower import Follower
from tests.live_client import LiveClient
from tests.serving import Server
from tests.waiting import eventually
from tests.writers import check_sums, open_thread, write

READERS = 300


async def many(stack: AsyncExitStack, server: Server, count: int) -> list[LiveClient]:
    clients = [await stack.enter_async_context(await LiveClient.open(server.live_url)) for _ in range(count)]
    for client in clients:
        await client.hear_type("welcome")
    return clients


class Leaving:
    """A connection that goes when it is told to."""

    viewer = ANONYMOUS

    def __init__(self, connections: Connections, told: list[tuple[int, str]]) -> None:
        # One each, as the limit is on what comes from one address.
        self.address = str(id(self))
        self.subscriptions: dict[str, Subscription] = {}
        self._connections, self._told = connections, told

    def hang_up(self, code: int, reason: str) -> None:
        self._connections.discard(self)
        self._told.append((code, reason))


@pytest.mark.parametrize(
    ("count", "batches"), [(0, []), (3, [3]), (300, [10] * 30), (5000, [50] * 100)], ids=str
)
async def test_4_8_the_pace_depends_on_how_many_there_are(
    count: int, batches: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.live.drain.BATCH_SECONDS", 0.001)
    monkeypatch.setattr("app.live.drain.LAST_SECONDS", 60)
    connections, told, looks = Connections(), [], []  # type: ignore[var-annotated]  # as Leaving has it
    for _ in range(count):
        connections.add(Leaving(connections, told))

    def look() -> bool:
        looks.append(len(told))
        return False

    drain = Drain()
    drain.watch(connections)
    await drain.run(look)
    assert [after - before for before, after in pairwise([*looks, len(told)])] == batches
    assert set(told) <= {(4001, "shutdown")}


async def test_4_8_all_are_told_bye_and_closed_with_4001(cast: Cast, serve: Callable[..., Server]) -> None:
    server = serve()
    async with AsyncExitStack() as stack:
        clients = await many(stack, server, READERS)
        server.signal(signal.SIGTERM)
        codes = Counter(await asyncio.gather(*(client.gone() for client in clients)))
    assert codes == {4001: READERS}
    byes = [client.frames[-1] for client in clients]
    assert {(bye["type"], bye["reason"]) for bye in byes} == {("bye", "shutdown")}
    assert all(bye["reconnect_in"][0] < bye["reconnect_in"][1] for bye in byes)
    assert await asyncio.to_thread(server.wait) == -signal.SIGTERM


async def test_4_8_one_who_does_not_answer_the_farewell_holds_nobody_up(
    cast: Cast, serve: Callable[..., Server]
) -> None:
    server = serve()
    async with await LiveClient.open(server.live_url) as client:
        await client.hear_type("welcome")
        client.connection.transport.pause_reading()
        server.signal(signal.SIGTERM)
        assert await asyncio.to_thread(server.wait) == -signal.SIGTERM
        client.connection.transport.resume_reading()
        assert await client.gone() == 4001


async def test_4_8_a_request_under_way_is_answered(
    cast: Cast, serve: Callable[..., Server], database: Engine
) -> None:
    """It waits for a lock that we hold; meanwhile the process no longer listens."""
    server, post = serve(), await open_thread(cast.alice)
    async with server.client(cast.alice.token) as client:
        async with database.transaction():
            await database.fetch("SELECT FROM posts WHERE id = $1 FOR UPDATE", post)
            asked = asyncio.create_task(client.post(f"/api/v1/posts/{post}/comments", json={"body": "Hello"}))
            await eventually(lambda: waiting_for_a_lock(database), "the comment waits")
            server.signal(signal.SIGTERM)
            await eventually(lambda: refuses(server), "nobody new is let in")
            assert not asked.done()
        assert (await asked).status_code == 201
        assert (await asked).headers["connection"] == "close"
    assert await asyncio.to_thread(server.wait) == -signal.SIGTERM


@pytest.mark.parametrize("again", [signal.SIGTERM, signal.SIGINT])
async def test_4_8_asked_twice_it_ends_at_once(
    cast: Cast, serve: Callable[..., Server], database: Engine, again: int
) -> None:
    server, post = serve(), await open_thread(cast.alice)
    async with AsyncExitStack() as stack:
        clients = await many(stack, server, 200)
        client = await stack.enter_async_context(server.client(cast.alice.token))
        await stack.enter_async_context(database.transaction())
        await database.fetch("SELECT FROM posts WHERE id = $1 FOR UPDATE", post)
        asked = asyncio.create_task(client.post(f"/api/v1/posts/{post}/comments", json={"body": "Hello"}))
        await eventually(lambda: waiting_for_a_lock(database), "the comment waits")
        server.signal(signal.SIGTERM)
        await clients[0].hear_type("bye")
        server.signal(again)
        # The comment would hold it up for as long as we hold the lock.
        await asyncio.to_thread(server.wait)
        await asyncio.gather(asked, return_exceptions=True)
        await asyncio.gather(*(one.gone() for one in clients))
    assert {one.close_code for one in clients} > {4001}


async def test_4_8_a_rolling_restart_loses_no_event(
    cast: Cast, serve: Callable[..., Server], publisher: broker.Publisher
) -> None:
    """Two servers are restarted one after the other while somebody writes; readers go to the other one."""
    servers, post = [serve(), serve()], await open_thread(cast.alice)
    done = asyncio.Event()

    async def write_on() -> int:
        number = 0
        while not done.is_set():
            number += 1
            await write(cast.alice, post, f"number {number}")
            await asyncio.sleep(0.05)
        return number

    async with AsyncExitStack() as stack:
        readers = [
            await stack.enter_async_context(Follower(servers[turn % 2], f"post:{post}", servers))
            for turn in range(20)
        ]
        writing = asyncio.create_task(write_on())
        for server in servers:
            before = sum(reader.connections for reader in readers)
            server.signal(signal.SIGTERM)
            assert await asyncio.to_thread(server.wait) == -signal.SIGTERM
            await asyncio.to_thread(server.start)
            wanted = before + len(readers) // 2
            await eventually(partial(returned, readers, wanted), "its readers are back")
        done.set()
        assert await writing > 20
        last = await check_sums(post)
        for reader in readers:
            await reader.has(list(range(1, last + 1)))
        assert {code for reader in readers for code in reader.codes} == {4001}


def returned(readers: list[Follower], wanted: int) -> bool:
    return sum(reader.connections for reader in readers) >= wanted


async def waiting_for_a_lock(database: Engine) -> bool:
    rows = await database.fetch("SELECT FROM pg_locks WHERE NOT granted")
    return bool(rows)


async def refuses(server: Server) -> bool:
    try:
        async with server.client() as late:
            await late.get("/health")
    except httpx.ConnectError:
        return True
    return False
