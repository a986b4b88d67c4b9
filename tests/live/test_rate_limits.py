"""LIVE.md 2, 4013: handshakes and tokens are counted as requests are."""

from typing import Any

import pytest

from app.database.engine import Engine
from app.database.redis import connect
from tests.cast import Cast
from tests.live_client import LiveClient


@pytest.fixture(autouse=True)
async def _forgotten(database: Engine) -> None:
    client = connect()
    await client.flushdb()
    await client.aclose()


async def sent_away(client: LiveClient, reason: str = "rate_limited") -> list[int]:
    assert await client.gone() == 4013
    (bye,) = client.frames
    assert (bye["type"], bye["reason"]) == ("bye", reason)
    between: list[int] = bye["reconnect_in"]
    return between


async def test_2_one_handshake_too_many_is_told_when_to_come_back(serve: Any, cast: Cast) -> None:
    server = serve(rate_limits="on", limit_anonymous="3/hour", limit_account="2/hour")
    async with server.client() as client:
        assert (await client.get("/robots.txt")).status_code == 200
        inside = [await LiveClient.open(server.live_url) for _ in range(2)]
        for one in inside:
            await one.hear_type("welcome")
        least, most = await sent_away(await LiveClient.open(server.live_url))
        assert 1_190_000 <= least < most, "not before a third of an hour is over"
        assert (await client.get("/robots.txt")).status_code == 429

    async def enter() -> LiveClient:
        return await LiveClient.open(server.live_url, origin=server.url, token=cast.alice.token)

    for _ in range(2):
        inside.append(await enter())
        assert (await inside[-1].hear_type("welcome"))["user"]["id"] == cast.alice.id
    await sent_away(await enter())
    for one in inside:
        assert (await one.subscribe("posts"))["type"] == "subscribed", "who is in stays"
        await one.close()


async def test_2_a_token_that_is_tried_on_a_socket_counts_too(serve: Any, cast: Cast) -> None:
    server = serve(rate_limits="on", limit_anonymous="4/hour")
    async with await LiveClient.open(server.live_url) as mallory:
        await mallory.hear_type("welcome")
        codes = [(await mallory.ask("auth", token=f"hub_{n:043}"))["code"] for n in range(5)]
        assert codes == ["auth_failed"] * 3 + ["rate_limited"] * 2
        assert mallory.frames[-1]["retry_after_ms"] > 0


async def test_2_a_bad_token_at_the_door_counts_too(serve: Any) -> None:
    server = serve(rate_limits="on", limit_anonymous="3/hour")
    bad = {"Authorization": f"Bearer hub_{'0' * 43}"}
    codes = [await (await LiveClient.open(server.live_url, headers=bad)).gone() for _ in range(5)]
    assert codes == [4401] * 3 + [4013] * 2
