"""What the hub counts, read from `/metrics` of a real server."""

import json
from collections.abc import Callable
from typing import Any

from app.database.engine import DB
from app.live import metrics
from app.live.hub import Hub
from tests.cast import Cast
from tests.live.figures import figures, moved
from tests.live.listening import subscribed
from tests.live_client import LiveClient
from tests.own_redis import OwnRedis
from tests.saying import prune, say_silently
from tests.serving import Server
from tests.waiting import eventually
from tests.writers import open_thread


async def reply(server: Server, cast: Cast, post: int) -> None:
    async with server.client(cast.bob.token) as client:
        answer = await client.post(f"/api/v1/posts/{post}/comments", json={"body": "Oolong."})
    assert answer.status_code == 201


async def test_a_delivery_is_timed_once_for_all_readers(serve: Callable[..., Server], cast: Cast) -> None:
    server, post = serve(), await open_thread(cast.alice)
    readers = [await LiveClient.open(server.live_url) for _ in range(3)]
    for reader in readers:
        await reader.subscribe(f"post:{post}")
    before = await figures(server)
    assert before["connections"] == 3
    assert 0 <= before["tips_age_seconds"] < 10
    for _ in range(2):
        await reply(server, cast, post)
    for reader in readers:
        await reader.hear_events(f"post:{post}", 2)
    after = await figures(server)
    assert after["commit_to_send_seconds_count"] == before["commit_to_send_seconds_count"] + 2
    spent = after["commit_to_send_seconds_sum"] - before["commit_to_send_seconds_sum"]
    assert 0 < spent < 60
    assert after['wake_total{source="redis"}'] > before['wake_total{source="redis"}']
    for reader in readers:
        await reader.close()
    await moved(server, before, 'close_total{code="1000"}', by=3)
    await eventually(lambda: no_connections(server), "nobody is connected")


async def no_connections(server: Server) -> bool:
    return (await figures(server))["connections"] == 0


async def test_what_redis_does_not_bring_is_a_gap_that_the_tips_find(
    serve: Callable[..., Server], redis_server: OwnRedis, cast: Cast
) -> None:
    server, post = serve(redis_url=redis_server.url), await open_thread(cast.alice)
    async with await LiveClient.open(server.live_url) as reader:
        await reader.subscribe(f"post:{post}")
        before = await figures(server)
        redis_server.kill()
        await reply(server, cast, post)
        await reader.hear_events(f"post:{post}", 1)
        await moved(server, before, 'gap_total{where="tips"}')
        await moved(server, before, 'wake_total{source="tips"}')
        await moved(server, before, "commit_to_send_seconds_count")


async def test_a_hole_and_too_much_too_early_are_gaps(hub: Hub, channel: str) -> None:
    """Redis crosses events only now and then: here the hub is told so."""
    _, subscription = await subscribed(hub, channel)
    before = counted()
    last = await say_silently(channel, 2)
    # The look at the tips may be first: then a hole further on.
    hole: dict[str, Any] = {
        "type": "event",
        "channel": channel,
        "seq": last + 2,
        "event": "test.said",
        "at": "",
        "data": 1,
    }
    subscription.feed.hear(last + 2, json.dumps(hole).encode())
    await eventually(lambda: counted()["redis"] > before["redis"], "a hole is counted")
    subscription.feed._early.update(dict.fromkeys(range(last + 3, last + 5003), b""))
    subscription.feed.hear(last + 6000, b"")
    assert counted()["early"] == before["early"] + 1


def counted() -> dict[str, float]:
    samples = next(iter(metrics.GAPS.collect())).samples
    return {s.labels["where"]: s.value for s in samples if s.name.endswith("_total")}


async def test_what_became_of_positions_is_counted(server: Server, channel: str) -> None:
    epoch = (await DB.fetch("SELECT hubbub_epoch()"))[0][0]
    await say_silently(channel, 5)
    await prune(channel, 2)
    before = await figures(server)
    async with await LiveClient.open(server.live_url) as reader:
        for place in ((epoch, 5), (epoch, 1), ("another", 1)):
            await reader.subscribe(channel, place)
            await reader.ask("unsubscribe", channel=channel)
        await reader.ask("fetch", channel=channel, epoch=epoch, after=3)
        await say_silently(channel, 6000)
        await reader.ask("fetch", channel=channel, epoch=epoch, after=3)
    for result in ("recovered", "pruned", "epoch", "fetch", "too_far"):
        await moved(server, before, f'recover_total{{result="{result}"}}')


async def test_closes_are_counted_by_their_code(server: Server) -> None:
    before = await figures(server)
    async with await LiveClient.open(server.live_url) as reader:
        await reader.say("nonsense")
        assert await reader.gone() == 4400
    async with await LiveClient.open(server.live_url, headers={"Authorization": "Bearer hub_none"}) as reader:
        assert await reader.gone() == 4401
    async with await LiveClient.open(server.live_url) as reader:
        await reader.connection.close(4999)
    for code in ("4400", "4401", "other"):
        await moved(server, before, f'close_total{{code="{code}"}}')
