"""LIVE.md 4.9: who is here; leases for each process, people counted and not tabs."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any

import pytest

from app.accounts.viewer import ANONYMOUS, Viewer
from app.database.engine import Engine
from app.database.redis import connect
from app.live.feed import Feed
from app.live.hub import Hub
from app.live.ledger import KEY
from app.live.presence import Presence
from app.live.subscription import Subscription
from tests.cast import Cast
from tests.live.listening import Listening, subscribed
from tests.live_client import Frame, LiveClient
from tests.own_redis import OwnRedis
from tests.serving import Server
from tests.waiting import eventually
from tests.writers import open_thread


def member(number: int) -> Viewer:
    return Viewer(id=number, username=f"user{number}", name=f"User {number}", role="member")


@pytest.fixture(autouse=True)
async def an_empty_ledger() -> None:
    redis = connect()
    keys = [key async for key in redis.scan_iter(KEY + "*")]
    if keys:
        await redis.delete(*keys)
    await redis.aclose()


@asynccontextmanager
async def running() -> AsyncIterator[Hub]:
    """A process: a hub that tells of presence."""
    hub = Hub()
    await hub.start()
    task = asyncio.create_task(hub.presence.run())
    yield hub
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await hub.stop()


@pytest.fixture
async def here(database: Engine, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Hub]:
    monkeypatch.setattr("app.live.presence.EVERY_SECONDS", 0.05)
    async with running() as hub:
        yield hub


@pytest.fixture
async def there(here: Hub) -> AsyncIterator[Hub]:
    async with running() as hub:
        yield hub


async def enter(
    hub: Hub, channel: str, viewer: Viewer = ANONYMOUS, address: str = "10.0.0.1", agent: str = "Firefox"
) -> tuple[Listening, Subscription]:
    reader, subscription = await subscribed(hub, channel, viewer=viewer)
    hub.presence.enter(subscription, viewer, address, agent)
    return reader, subscription


async def counts(reader: Listening, count: int) -> None:
    await eventually(
        lambda: (reader.of_type("presence") or [{"count": 0}])[-1]["count"] == count,
        f"{count} here; heard {[frame['count'] for frame in reader.of_type('presence')]}",
    )


async def test_4_9_people_are_counted_not_tabs_in_all_processes(here: Hub, there: Hub, channel: str) -> None:
    alice, _ = await enter(here, channel, member(1))
    for hub in (here, there):
        await enter(hub, channel, member(1))
        await enter(hub, channel, member(2))
        await enter(hub, channel)
    bob, _ = await enter(there, channel, member(2))
    await enter(there, channel, address="10.0.0.1", agent="Chromium")
    await enter(there, channel, address="10.0.0.2", agent="Firefox")
    for reader in (alice, bob):
        await counts(reader, 5)
        assert [user["username"] for user in reader.of_type("presence")[-1]["users"]] == ["user1", "user2"]


async def test_4_9_who_goes_with_their_last_tab_is_gone(here: Hub, there: Hub, channel: str) -> None:
    alice, _ = await enter(here, channel, member(1))
    tabs = [(await enter(there, channel, member(2)))[1] for _ in range(2)]
    await counts(alice, 2)
    there.leave(tabs[0])
    _, third = await enter(there, channel, member(3))
    await counts(alice, 3)
    for tab in (tabs[1], third):
        there.leave(tab)
    await counts(alice, 1)


async def test_4_9_one_who_comes_gets_a_frame_though_nothing_changed_and_nobody_else_does(
    here: Hub, channel: str
) -> None:
    alice, _ = await enter(here, channel, member(1))
    await counts(alice, 1)
    other_tab, _ = await enter(here, channel, member(1))
    await counts(other_tab, 1)
    bob, _ = await enter(here, channel, member(2))
    for reader in (alice, other_tab, bob):
        await counts(reader, 2)
    assert [len(reader.of_type("presence")) for reader in (alice, other_tab, bob)] == [2, 2, 1]


async def test_4_9_at_most_twenty_are_named_and_all_are_counted(here: Hub, there: Hub, channel: str) -> None:
    readers = [(await enter(hub, channel, member(n)))[0] for n in range(1, 31) for hub in (here, there)]
    for reader in (readers[0], readers[1]):
        await counts(reader, 30)
        assert [user["id"] for user in reader.of_type("presence")[-1]["users"]] == list(range(1, 21))


async def test_4_9_only_threads_have_presence(here: Hub, channel: str) -> None:
    front, _ = await enter(here, "posts", member(1))
    thread, _ = await enter(here, channel, member(1))
    await counts(thread, 1)
    assert not front.of_type("presence")


async def test_4_9_the_people_of_a_killed_process_are_gone_with_its_lease(
    here: Hub, channel: str, serve: Callable[..., Server]
) -> None:
    server = serve()
    redis: Any = connect()
    alice, _ = await enter(here, channel, member(1))
    async with await LiveClient.open(server.live_url) as bob:
        await bob.subscribe(channel)
        assert (await bob.hear_type("presence"))["count"] == 2
        await counts(alice, 2)
        server.kill()
        await bob.gone()
    own = here.presence._ledger.name
    (left,) = [KEY + n.decode() for n in await redis.smembers(KEY + "processes") if n.decode() != own]
    assert 1000 < await redis.pttl(left) <= 45_000
    assert alice.of_type("presence")[-1]["count"] == 2
    await redis.pexpire(left, 1)
    await counts(alice, 1)
    await redis.aclose()


async def test_4_9_the_lease_is_renewed_and_one_who_was_stopped_for_long_comes_back(
    here: Hub, there: Hub, channel: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.live.ledger.REFRESH_SECONDS", 0.1)
    redis, key = connect(), KEY + there.presence._ledger.name
    alice, _ = await enter(here, channel, member(1))
    await enter(there, channel, member(2))
    await counts(alice, 2)
    await redis.pexpire(key, 5000)
    await eventually(lambda: lease_of(redis, key, 40_000), "it is renewed though nothing changed")
    await redis.delete(key)
    await eventually(lambda: lease_of(redis, key, 40_000), "it is written again")
    await counts(alice, 2)
    await redis.aclose()


async def test_4_9_a_flushed_redis_is_filled_again(here: Hub, there: Hub, channel: str) -> None:
    alice, _ = await enter(here, channel, member(1))
    bob, _ = await enter(there, channel, member(2))
    await counts(alice, 2)
    redis = connect()
    await redis.delete(*[key async for key in redis.scan_iter(KEY + "*")])
    await enter(here, channel, member(3))
    for reader in (alice, bob):
        await counts(reader, 3)
    await redis.aclose()


async def test_4_9_a_process_that_stops_takes_its_people_along_at_once(here: Hub, channel: str) -> None:
    alice, _ = await enter(here, channel, member(1))
    async with running() as there:
        await enter(there, channel, member(2))
        await counts(alice, 2)
    await counts(alice, 1)


async def test_4_9_without_redis_a_process_tells_what_it_knows(
    redis_server: OwnRedis, serve: Callable[..., Server], cast: Cast
) -> None:
    """What it knew of others holds for as long as their leases."""
    servers = [serve(redis_url=redis_server.url) for _ in range(2)]
    channel = f"post:{await open_thread(cast.alice)}"
    async with (
        await LiveClient.open(servers[0].live_url) as nobody,
        opened(servers[1], cast.bob.token) as bob,
    ):
        for client in (nobody, bob):
            await client.subscribe(channel)
        for client in (nobody, bob):
            await hears(client, 2)
        redis_server.kill()
        async with opened(servers[0], cast.alice.token) as alice:
            await alice.subscribe(channel)
            await hears(alice, 3)
            await hears(nobody, 3)
            redis_server.start()
            for client in (nobody, alice, bob):
                await hears(client, 3)


async def test_4_9_without_redis_from_the_start_it_counts_its_own(
    redis_server: OwnRedis, serve: Callable[..., Server], channel: str
) -> None:
    server = serve(redis_url=redis_server.url)
    redis_server.kill()
    async with await LiveClient.open(server.live_url) as nobody:
        await nobody.subscribe(channel)
        await hears(nobody, 1)
    assert "presence_failed" not in server.output()


async def test_4_9_nobody_hears_of_one_thread_more_than_once_a_turn(
    channel: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A turn takes a second; here it is ours."""
    monkeypatch.setattr("app.live.presence.READERS_A_SECOND", 1_000_000_000)
    presence, reader = Presence(), Listening()
    presence.enter(standing(channel, reader), member(1), "", "")
    for number in range(2, 31):
        presence.enter(standing(channel), member(number), "", "")
        if number % 10 == 0:
            await presence._turn()
    await presence._turn()
    await presence._ledger.close([])
    assert [frame["count"] for frame in reader.of_type("presence")] == [10, 20, 30]


async def test_4_9_a_crowd_is_told_less_often_but_for_those_who_come(
    channel: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.live.presence.READERS_A_SECOND", 0.001)
    presence, reader, late = Presence(), Listening(), Listening()
    presence.enter(standing(channel, reader), member(1), "", "")
    await presence._turn()
    presence.enter(standing(channel, late), member(2), "", "")
    await presence._turn()
    await presence._turn()
    assert [frame["count"] for frame in late.of_type("presence")] == [1]
    monkeypatch.setattr("app.live.presence.monotonic", lambda: monotonic() + 2000)
    await presence._turn()
    await presence._ledger.close([])
    for one in (reader, late):
        assert [frame["count"] for frame in one.of_type("presence")] == [1, 2]


@pytest.mark.parametrize(("rooms", "readers"), [(1, 1), (5000, 1), (1, 5000)])
async def test_4_9_a_turn_in_which_nothing_changed_costs_the_same_however_many_there_are(
    database: Engine, rooms: int, readers: int
) -> None:
    """Counted in calls, those that write commands for Redis among them."""
    presence = Presence()
    for room in range(rooms):
        for number in range(1, readers + 1):
            presence.enter(standing(f"post:{room}"), member(number), "", "")
    for _ in range(3):
        await presence._turn()
    assert await calls(presence._turn) < 3000
    await presence._ledger.close([])


def standing(channel: str, reader: Listening | None = None) -> Subscription:
    return Subscription(reader or Listening(), Feed(channel, "", lambda _: None))


async def calls(act: Callable[[], Awaitable[None]]) -> int:
    counted = 0

    def count(_frame: object, event: str, _arg: object) -> None:
        nonlocal counted
        counted += event in {"call", "c_call"}

    sys.setprofile(count)
    await act()
    sys.setprofile(None)
    return counted


async def lease_of(redis: Any, key: str, least: int) -> bool:
    left: int = await redis.pttl(key)
    return left > least


@asynccontextmanager
async def opened(server: Server, token: str) -> AsyncIterator[LiveClient]:
    async with await LiveClient.open(server.live_url, token=token, origin=server.url) as client:
        yield client


async def hears(client: LiveClient, count: int) -> None:
    def last() -> Frame | None:
        return next((frame for frame in reversed(client.frames) if frame["type"] == "presence"), None)

    await eventually(lambda: (last() or {"count": 0})["count"] == count, f"{count} here, not {last()}")
