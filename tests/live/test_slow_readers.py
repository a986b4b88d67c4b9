"""LIVE.md 4.5: who reads slowly is fed as they read, and who reads no more is let go, socket and all."""

from collections.abc import AsyncIterator
from functools import partial

import pytest

from app.live.hub import Hub
from tests.live.inner import InProcess, running
from tests.live_client import LiveClient
from tests.saying import say_silently
from tests.waiting import eventually

LARGE = 10_000


@pytest.fixture
async def reader(inner: InProcess) -> AsyncIterator[LiveClient]:
    async with await LiveClient.open(inner.url) as client:
        yield client


def subscriptions(hub: Hub, channel: str) -> int:
    return len(hub._feeds[channel].subscriptions)


def written(hub: Hub, channel: str, seq: int) -> bool:
    return hub._feeds[channel].last == seq


async def fill(hub: Hub, reader: LiveClient, channel: str) -> int:
    """Say more than all buffers on the way can hold, to a reader who does not read."""
    await reader.subscribe(channel)
    (subscription,) = hub._feeds[channel].subscriptions
    await eventually(lambda: subscription in hub._feeds[channel].hot, "the reader is at the tip")
    reader.connection.transport.pause_reading()
    last = 0
    while not subscription.reader.full:
        last = await say_silently(channel, 200, LARGE)
        await eventually(partial(written, hub, channel, last), "the hub has written it")
    return last


async def test_4_5_a_reader_who_reads_no_more_is_closed_and_leaves_no_connection_behind(
    hub: Hub, inner: InProcess, reader: LiveClient, channel: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.live.heartbeat.STUCK_SECONDS", 1.5)
    monkeypatch.setattr("app.live.conversation.FAREWELL_SECONDS", 0.5)
    await fill(hub, reader, channel)
    assert subscriptions(hub, channel) == 1
    assert len(inner.server_state.connections) == 1
    await eventually(lambda: not inner.server_state.connections, "the connection is gone")
    await eventually(lambda: not subscriptions(hub, channel), "and so is its subscription")
    reader.connection.transport.resume_reading()


async def test_4_5_a_reader_who_reads_on_gets_everything(
    hub: Hub, inner: InProcess, reader: LiveClient, channel: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.live.heartbeat.STUCK_SECONDS", 60)
    last = await fill(hub, reader, channel)
    heard = len(reader.seqs(channel))
    assert heard < last
    reader.connection.transport.resume_reading()
    await reader.hear_events(channel, last)
    assert reader.seqs(channel) == list(range(1, last + 1))
    assert reader.close_code is None


async def test_4_5_a_stuck_reader_holds_nobody_up(
    hub: Hub, inner: InProcess, reader: LiveClient, channel: str
) -> None:
    async with await LiveClient.open(inner.url) as quick:
        last = await fill(hub, reader, channel)
        await quick.subscribe(channel)
        last = await say_silently(channel, 1)
        await quick.hear_events(channel, 1)
        assert quick.seqs(channel) == [last]
    reader.connection.transport.resume_reading()


@pytest.mark.parametrize("pong", ['{"type":"pong"}', '{"type": "pong", "more": 1}'])
async def test_who_answers_no_ping_is_closed_with_4012_and_may_come_back(
    inner: InProcess, monkeypatch: pytest.MonkeyPatch, pong: str
) -> None:
    monkeypatch.setattr("app.live.heartbeat.PONG_SECONDS", 1.5)
    answering = await LiveClient.open(inner.url)
    answering.pong = pong
    silent = await LiveClient.open(inner.url, answers_pings=False)
    assert await silent.gone() == 4012
    assert silent.frames[-1]["type"] == "bye"
    assert len(silent.frames[-1]["reconnect_in"]) == 2
    pings = len([frame for frame in answering.frames if frame["type"] == "ping"])
    await answering.hear(
        lambda _: len([frame for frame in answering.frames if frame["type"] == "ping"]) > pings + 2,
        "more pings",
    )
    assert answering.close_code is None, "each answer counts for the pings before it only"
    await answering.close()


async def test_4_6_without_our_protocol_sends_go_the_ordinary_way_and_are_as_complete(
    hub: Hub, channel: str
) -> None:
    async with running(hub, ws="websockets-sansio") as plain, await LiveClient.open(plain.url) as client:
        last = await say_silently(channel, 700)
        answer = await client.ask("fetch", channel=channel, epoch="", after=0)
        await client.subscribe(channel, (answer["epoch"], 0))
        await client.hear_events(channel, 700)
        last = await say_silently(channel, 30)
        await client.hear_events(channel, 730)
        assert client.seqs(channel) == list(range(1, last + 1))
        await client.say("junk")
        assert await client.gone() == 4400
        assert client.frames[-1]["type"] == "bye", "said before the line is closed"
