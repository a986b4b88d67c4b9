"""How much a client may say (LIVE.md, section 2): 20 frames a second, 64 KiB each, and what becomes of who goes on."""

import asyncio
import json
import struct
from collections.abc import AsyncIterator
from typing import Any

import pytest

from app.live import allowance, frames
from app.live.allowance import BURST, Allowance
from tests.live.inner import InProcess
from tests.live_client import LiveClient
from tests.serving import Server
from tests.waiting import eventually

UNSUBSCRIBE = {"type": "unsubscribe", "channel": "posts"}


class Clock:
    """A clock that a test moves."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        monkeypatch.setattr(allowance, "monotonic", lambda: self.now)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture
async def reader(server: Server) -> AsyncIterator[LiveClient]:
    async with await LiveClient.open(server.live_url, origin=server.url) as client:
        await client.hear_type("welcome")
        yield client


class TestAllowance:
    def test_twenty_a_second_may_go_on_for_ever(self, clock: Clock) -> None:
        bucket = Allowance()
        for _ in range(5000):
            clock.now += 1 / 20
            assert bucket.take() == 0

    def test_a_burst_has_room_for_every_channel_twice_and_then_one_waits(self, clock: Clock) -> None:
        bucket = Allowance()
        assert [bucket.take() for _ in range(2 * frames.SUBSCRIPTIONS)] == [0] * 256
        refused = next(filter(None, (bucket.take() for _ in range(1000))))
        clock.now += refused / 1000
        assert bucket.take() == 0

    def test_who_waits_as_told_is_never_exhausted(self, clock: Clock) -> None:
        bucket = Allowance()
        for _ in range(2000):
            clock.now += bucket.take() / 1000
            assert not bucket.exhausted

    def test_who_goes_on_is(self, clock: Clock) -> None:
        bucket = Allowance()
        sent = 0
        while not bucket.exhausted:
            bucket.take()
            sent += 1
        assert BURST < sent < 500


async def test_a_returning_client_may_subscribe_to_128_channels_and_fetch_each(reader: LiveClient) -> None:
    for number in range(128):
        await reader.say({"type": "subscribe", "id": f"s{number}", "channel": f"post:{number + 1}"})
    place = {"channel": "posts", "epoch": "", "after": 0}
    for number in range(128):
        await reader.say({"type": "fetch", "id": f"f{number}", **place})
    await reader.hear(lambda frame: frame.get("id") == "f127", "the last answer")
    assert not [frame for frame in reader.frames if frame.get("code") == "rate_limited"]


async def test_one_too_many_is_refused_with_its_id_and_answered_after_the_pause(reader: LiveClient) -> None:
    for number in range(BURST + 30):
        await reader.say({**UNSUBSCRIBE, "id": number})
    refusal = await reader.hear_type("error")
    assert (refusal["code"], refusal["id"] >= BURST) == ("rate_limited", True)
    last = await reader.hear(lambda frame: frame.get("id") == BURST + 29, "the last answer")
    await asyncio.sleep(last["retry_after_ms"] / 1000)
    assert (await reader.ask("unsubscribe", channel="posts"))["type"] == "unsubscribed"


async def test_one_who_goes_on_regardless_is_told_bye_and_closed_with_4013(reader: LiveClient) -> None:
    for number in range(BURST + 200):
        await reader.say({**UNSUBSCRIBE, "id": number})
    assert await reader.gone() == 4013
    bye = reader.frames[-1]
    assert (bye["type"], bye["reason"]) == ("bye", "rate_limited")
    assert 0 < bye["reconnect_in"][0] < bye["reconnect_in"][1]


@pytest.mark.parametrize("kind", ["typing", "pong"])
async def test_frames_without_an_answer_count_and_are_refused_in_silence(
    reader: LiveClient, kind: str
) -> None:
    await reader.say({"type": "subscribe", "id": "s", "channel": "posts"})
    for _ in range(BURST + 50):
        await reader.say({"type": kind, "channel": "posts"})
    await reader.say({**UNSUBSCRIBE, "id": "after"})
    assert (await reader.hear_type("error"))["id"] == "after"
    for _ in range(200):
        await reader.say({"type": kind, "channel": "posts"})
    assert await reader.gone() == 4013


async def test_pongs_that_come_past_the_parser_count_too(reader: LiveClient) -> None:
    for _ in range(BURST + 300):
        await reader.say('{"type":"pong"}')
    assert await reader.gone() == 4013


async def test_a_pong_between_the_pieces_of_a_message_breaks_the_rules(inner: InProcess) -> None:
    async with await LiveClient.open(inner.url, answers_pings=False) as client:
        await client.hear_type("welcome")
        protocol = only(inner)
        client.connection.transport.write(bytes((0x01, 0x80)) + bytes(4))
        await eventually(lambda: protocol.frames, "the first piece is here")
        await client.say('{"type":"pong"}')
        assert await client.gone() == 1002


async def test_a_frame_over_64_kib_is_told_bye_and_closed_with_1009(reader: LiveClient) -> None:
    fits = json.dumps({**UNSUBSCRIBE, "id": 1, "filler": ""})
    filler = "x" * (frames.FRAME_BYTES - len(fits))
    await reader.say({**UNSUBSCRIBE, "id": 1, "filler": filler})
    await reader.hear_type("unsubscribed")
    await reader.say({**UNSUBSCRIBE, "id": 2, "filler": filler + "x"})
    assert await reader.gone() == 1009
    assert reader.frames[-1] == {"type": "bye", "reason": "bad_frame", "reconnect_in": None}


async def test_a_message_in_more_than_256_pieces_is_closed_though_they_are_empty(reader: LiveClient) -> None:
    first, more = bytes((0x01, 0x80)) + bytes(4), bytes((0x00, 0x80)) + bytes(4)
    reader.connection.transport.write(first + more * 300)
    assert await reader.gone() == 1009
    assert reader.frames[-1]["type"] == "bye"


async def test_what_floods_in_while_an_answer_is_awaited_stays_with_its_sender(
    inner: InProcess, channel: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of it may pile up here: reading pauses, and TCP holds the sender back."""
    held = asyncio.Event()

    async def wait(*_: object) -> None:
        await held.wait()

    monkeypatch.setattr("app.live.hub.may_subscribe", wait)
    async with await LiveClient.open(inner.url) as client:
        await client.hear_type("welcome")
        await client.say({"type": "subscribe", "id": 1, "channel": channel})
        protocol = only(inner)
        payload = json.dumps({**UNSUBSCRIBE, "id": 2, "filler": "x" * 4000}).encode()
        frame = bytes((0x81, 0xFE)) + struct.pack("!H", len(payload)) + bytes(4) + payload
        transport = client.connection.transport
        transport.write(frame * 5000)
        await eventually(lambda: protocol.queue.qsize() and protocol.read_paused, "it reads no more")
        assert transport.get_write_buffer_size() > 10_000_000
        assert protocol.queue.qsize() < 100
        held.set()
        assert await client.gone() == 4013


async def test_pings_of_one_who_takes_no_answers_are_not_answered(inner: InProcess) -> None:
    async with await LiveClient.open(inner.url) as client:
        await client.hear_type("welcome")
        protocol = only(inner)
        client.connection.transport.pause_reading()
        ping = bytes((0x89, 0xFD)) + bytes(4) + b"x" * 125
        for _ in range(100):
            client.connection.transport.write(ping * 1000)
            await asyncio.sleep(0)
        await eventually(lambda: client.connection.transport.get_write_buffer_size() == 0, "all is sent")
        assert protocol.transport.get_write_buffer_size() < 1_000_000
        client.drop()


def only(inner: InProcess) -> Any:
    """The protocol of the one connection there is."""
    (protocol,) = inner.server_state.connections
    return protocol
