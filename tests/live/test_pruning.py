"""Pruning: a prefix goes, the floor rises with it, and who was away longer loads afresh."""

import asyncio
from datetime import timedelta

import pytest

from app.database.engine import DB
from app.live import pruning
from tests.live_client import LiveClient
from tests.saying import open_channel, say, say_silently, tip

MONTH = timedelta(days=30)

STAND = """
SELECT channels.seq, channels.floor, count(events.seq) AS events, max(events.seq) AS last, min(events.seq) AS first
FROM channels LEFT JOIN events ON events.channel = channels.name WHERE name = $1 GROUP BY name
"""


async def stand(channel: str) -> tuple[int, int]:
    """Floor and tip; the rule of LIVE.md 3.7 holds."""
    row = (await DB.fetch(STAND, channel))[0]
    assert row["events"] + row["floor"] == row["last"] == row["seq"]
    assert row["first"] == row["floor"] + 1
    return row["floor"], row["seq"]


async def age(channel: str, up_to: int, days: int = 31) -> None:
    await DB.fetch(
        "UPDATE events SET created_at = now() - make_interval(days => $3) WHERE channel = $1 AND seq <= $2",
        channel, up_to, days,
    )  # fmt: skip


async def test_old_events_go_and_the_floor_rises_with_them(database):
    await open_channel("post:1")
    await open_channel("post:2")
    await say_silently("post:1", 20)
    await say_silently("post:2", 5)
    await age("post:1", 12)
    assert await pruning.prune(MONTH) == 12
    assert await stand("post:1") == (12, 20)
    assert await stand("post:2") == (0, 5)
    assert await pruning.prune(MONTH) == 0


async def test_the_newest_event_stays_however_old(database):
    await open_channel("post:1")
    await say_silently("post:1", 5)
    await age("post:1", 5)
    assert await pruning.prune(MONTH) == 4
    assert await stand("post:1") == (4, 5)
    assert await pruning.prune(MONTH) == 0


async def test_only_a_prefix_goes_even_when_the_clock_went_back(database):
    await open_channel("post:1")
    await say_silently("post:1", 10)
    await DB.fetch("UPDATE events SET created_at = now() - interval '40 days' WHERE seq <> 4")
    assert await pruning.prune(MONTH) == 3
    assert await stand("post:1") == (3, 10)


async def test_it_goes_in_batches(database, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pruning, "BATCH", 7)
    await open_channel("post:1")
    await say_silently("post:1", 40)
    await age("post:1", 30)
    assert await pruning.prune(MONTH) == 30
    assert await stand("post:1") == (30, 40)


async def test_writers_and_pruners_at_once_leave_no_gap(database):
    await open_channel("post:1")
    await say_silently("post:1", 300)
    await age("post:1", 200)

    async def talk() -> None:
        for _ in range(30):
            await say("post:1")

    await asyncio.gather(talk(), pruning.prune(MONTH), talk(), pruning.prune(MONTH))
    assert await stand("post:1") == (200, 360)


async def test_a_reader_from_before_the_floor_is_told_to_load_afresh(cast, server):
    await DB.fetch(
        "INSERT INTO posts (id, author, title, body, body_html, excerpt) VALUES (77, $1, 'Tea', '-', '', '')",
        cast.alice.id,
    )
    await open_channel("post:77")
    await say_silently("post:77", 20)
    async with await LiveClient.open(server.live_url) as early:
        epoch = (await early.subscribe("post:77"))["epoch"]
    await age("post:77", 10)
    await pruning.prune(MONTH)
    async with await LiveClient.open(server.live_url) as late:
        answer = await late.subscribe("post:77", (epoch, 9))
        assert answer["recovered"] is False
        resync = await late.hear_type("resync")
        assert (resync["reason"], resync["seq"]) == ("pruned", 20)
        await say("post:77")
        assert (await late.hear_events("post:77", 1))[0]["seq"] == 21
    async with await LiveClient.open(server.live_url) as just_in_time:
        answer = await just_in_time.subscribe("post:77", (epoch, 10))
        assert answer["recovered"] is True
        assert [event["seq"] for event in await just_in_time.hear_events("post:77", 11)] == list(
            range(11, 22)
        )
    assert await tip("post:77") == 21
