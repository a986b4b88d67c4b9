"""The Python client: each event once and in order, over bad lines, cuts and restarts; and when it gives up."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest

from app.database.engine import DB
from app.live import client
from app.live.client import Client, Refused
from app.live.following import Event, Frame, Gone, Position, Resync, Told
from tests.cast import Cast
from tests.live.bad_line import BadLine
from tests.live.checking import CheckingClient
from tests.saying import open_channel, prune, say, say_silently
from tests.serving import Server, free_port
from tests.waiting import PATIENCE


@asynccontextmanager
async def entered(url: str, places: dict[str, Position | None], **more: Any) -> AsyncIterator[Client]:
    """A client that is in each of its channels, or stands where it was told to."""
    async with CheckingClient(url, places, proxy=None, **more) as live:
        await asyncio.wait_for(live.enter(), PATIENCE)
        yield live


async def take(live: Client, count: int) -> list[Told]:
    async with asyncio.timeout(2 * PATIENCE):
        return [await anext(live) for _ in range(count)]


async def take_seqs(live: Client, count: int) -> list[int]:
    told = await take(live, count)
    assert all(isinstance(one, Event) for one in told), told
    return [one.seq for one in told if isinstance(one, Event)]


async def current_epoch() -> str:
    epoch: str = (await DB.fetch("SELECT hubbub_epoch()"))[0][0]
    return epoch


async def test_it_starts_at_the_tip_and_tells_what_follows(server: Server, channel: str) -> None:
    await say(channel, "before")
    async with entered(server.url, {channel: None}) as live:
        await say(channel, "after")
        (event,) = await take(live, 1)
        assert isinstance(event, Event)
        assert (event.channel, event.seq, event.data) == (channel, 2, {"words": "after"})


async def test_it_tells_everything_after_a_position(server: Server, channel: str) -> None:
    await say_silently(channel, 1200)
    async with entered(server.url, {channel: (await current_epoch(), 0)}) as live:
        assert await take_seqs(live, 1200) == list(range(1, 1201))
        await say(channel)
        assert await take_seqs(live, 1) == [1201]


async def test_it_follows_several_channels_and_takes_up_more(server: Server, channel: str) -> None:
    async with entered(server.url, {channel: None, "posts": None}) as live:
        other = await open_channel("post:999999999")
        live.subscribe(other)
        live.unsubscribe("posts")
        assert await take(live, 1) == [Gone(other, "not_found")]
        assert list(live.positions) == [channel]
        await say("posts")
        await say(channel)
        assert await take_seqs(live, 1) == [1]


async def test_a_line_that_loses_repeats_and_swaps_costs_no_event(server: Server, channel: str) -> None:
    dice = random.Random(4)
    late: list[Frame] = []

    def passes(frame: Frame) -> list[Frame]:
        if frame["type"] != "event":
            return [frame]
        if (fate := dice.random()) < 0.2:
            return []
        if fate < 0.4:
            late.append(frame)
            return []
        arriving = [frame, frame] if fate < 0.6 else [frame]
        return arriving + [late.pop() for _ in range(len(late))]

    async with BadLine(server, passes) as line, entered(line.url, {channel: None}) as live:
        saying = asyncio.create_task(say_all(channel, 150))
        assert await take_seqs(live, 150) == list(range(1, 151))
        await saying


async def test_a_ping_tells_of_an_event_that_was_lost_as_the_last_one(server: Server, channel: str) -> None:
    def passes(frame: Frame) -> list[Frame]:
        return [] if frame["type"] == "event" else [frame]

    async with BadLine(server, passes) as line, entered(line.url, {channel: None}) as live:
        await say(channel)
        assert await take_seqs(live, 1) == [1]


async def test_cut_lines_cost_no_event(server: Server, channel: str) -> None:
    async with BadLine(server) as line, entered(line.url, {channel: None}) as live:
        seqs = []
        for _ in range(3):
            saying = asyncio.create_task(say_all(channel, 20))
            seqs += await take_seqs(live, 5)
            line.cut()
            await saying
            await say(channel)
            seqs += await take_seqs(live, 16)
        assert seqs == list(range(1, 64))
        assert line.connections == 4


async def test_silence_is_a_dead_line(server: Server, channel: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "SLACK_SECONDS", 0.5)
    async with BadLine(server) as line, entered(line.url, {channel: None}) as live:
        line.passes = lambda frame: [frame] if line.connections > 1 else []
        await say(channel)
        assert await take_seqs(live, 1) == [1]
        assert line.connections == 2


async def test_a_position_that_cannot_be_honoured_asks_for_the_snapshot(server: Server, channel: str) -> None:
    epoch = await current_epoch()
    for _ in range(5):
        await say(channel)
    await prune(channel, 3)
    async with entered(server.url, {channel: (epoch, 1)}) as live:
        assert await take(live, 1) == [Resync(channel, epoch, 5, "pruned")]
        await say(channel)
        assert await take_seqs(live, 1) == [6]
    async with entered(server.url, {channel: ("another", 1)}) as live:
        assert await take(live, 1) == [Resync(channel, epoch, 6, "epoch")]


async def test_a_wait_that_is_cancelled_loses_nothing(server: Server, channel: str) -> None:
    async with BadLine(server) as line, entered(line.url, {channel: None}) as live:
        saying = asyncio.create_task(say_all(channel, 40))
        seqs: list[int] = []
        while len(seqs) < 40:
            with suppress(TimeoutError):
                async with asyncio.timeout(0.01):
                    event = await anext(live)
                    assert isinstance(event, Event)
                    seqs.append(event.seq)
            if len(seqs) == 20 and line.connections == 1:
                line.cut()
        assert seqs == list(range(1, 41))
        await saying


async def test_a_session_says_who_it_is(server: Server, cast: Cast) -> None:
    own = f"user:{cast.alice.id}"
    await open_channel(own)
    async with entered(server.url, {own: None}, session=cast.alice.token) as live:
        assert live.welcome is not None
        assert live.welcome["user"]["username"] == "alice"


@pytest.mark.parametrize("code", [4400, 4401, 4403, 4409])
async def test_it_stays_away_after(code: int, server: Server, channel: str) -> None:
    async with BadLine(server) as line, entered(line.url, {channel: None}) as live:
        await line.close(code)
        with pytest.raises(Refused, match=str(code)):
            await take(live, 1)
        assert line.connections == 1


async def test_a_bye_says_when_to_come_back_and_whether(server: Server, channel: str) -> None:
    async with BadLine(server) as line, entered(line.url, {channel: None}) as live:
        line.passes = lambda frame: [{"type": "bye", "reason": "shutdown", "reconnect_in": [0, 10]}]
        await asyncio.wait_for(live._listen(), PATIENCE)
        assert live._delay() <= 0.01
        line.passes = lambda frame: [{"type": "bye", "reason": "enough", "reconnect_in": None}]
        await asyncio.wait_for(live._listen(), PATIENCE)
        await line.close(1000)
        with pytest.raises(Refused, match="enough"):
            await take(live, 1)


async def test_a_first_attempt_that_fails_says_so(server: Server) -> None:
    with pytest.raises(OSError, match=r"127\.0\.0\.1"):
        await Client(f"http://127.0.0.1:{free_port()}", {}, proxy=None).__aenter__()
    with pytest.raises(Refused, match="4401"):
        await Client(server.url, {}, token="hub_none", proxy=None).__aenter__()


async def say_all(channel: str, count: int) -> None:
    for _ in range(count):
        await say(channel)
