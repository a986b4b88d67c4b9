"""Writing past the transport: only where nothing waits in it, never after a close, never to a stranger's descriptor."""

import asyncio
from typing import Any

import msgspec
import pytest
from websockets.frames import CloseCode

from app.live import frames
from app.live.feed import Feed
from app.live.hub import Hub
from app.live.reader import Batch
from tests.live.inner import InProcess
from tests.live_client import LiveClient
from tests.waiting import eventually


async def at_the_tip(client: LiveClient, hub: Hub, channel: str) -> Feed:
    """The feed, once its one reader stands in the array."""
    await client.subscribe(channel)
    feed = hub._feeds[channel]

    def ready() -> bool:
        feed.whisper(numbered(0))
        return len(feed.hot._ready) == 1

    await eventually(ready, "the reader is at the tip, and nothing waits")
    client.frames.clear()
    return feed


def numbered(number: int) -> bytes:
    return msgspec.json.encode(frames.Activity(number, number))


def only(inner: InProcess) -> Any:
    (protocol,) = inner.server_state.connections
    return protocol


async def test_what_waits_in_the_transport_is_not_overtaken(inner: InProcess, hub: Hub, channel: str) -> None:
    async with await LiveClient.open(inner.url) as client:
        feed = await at_the_tip(client, hub, channel)
        (subscription,) = feed.subscriptions
        for number in range(1, 100, 2):
            # In one turn of the loop: the transport writes at its end.
            subscription.reader.write(Batch([numbered(number)]))
            feed.whisper(numbered(number + 1))
        await client.hear(lambda frame: frame.get("post") == 100, "the last")
        heard = [frame["post"] for frame in client.frames if frame.get("post")]
        assert heard == list(range(1, 101))
        feed.whisper(numbered(101))
        assert len(feed.hot._ready) == 1


@pytest.mark.parametrize("end", ["close", "abort"])
async def test_nothing_is_written_to_a_transport_that_is_closing(
    inner: InProcess, hub: Hub, channel: str, end: str
) -> None:
    async with await LiveClient.open(inner.url) as client:
        feed = await at_the_tip(client, hub, channel)
        getattr(only(inner).transport, end)()
        feed.whisper(numbered(1))
        assert not feed.hot._ready
        await client.gone()
        assert not [frame for frame in client.frames if frame.get("post")]


async def test_nothing_follows_a_close_frame(inner: InProcess, hub: Hub, channel: str) -> None:
    async with await LiveClient.open(inner.url) as client:
        feed = await at_the_tip(client, hub, channel)
        protocol = only(inner)
        protocol.conn.send_close(CloseCode.GOING_AWAY)
        protocol.transport.write(b"".join(protocol.conn.data_to_send()))
        protocol.close_sent = True
        feed.whisper(numbered(1))
        assert not feed.hot._ready
        assert await client.gone() == CloseCode.GOING_AWAY
        assert not [frame for frame in client.frames if frame.get("post")]


async def test_a_descriptor_is_let_go_of_before_another_connection_has_it(
    inner: InProcess, hub: Hub, channel: str
) -> None:
    """A reader who vanishes between two events, and one who gets the same number from the kernel."""
    client = await LiveClient.open(inner.url)
    feed = await at_the_tip(client, hub, channel)
    (subscription,) = feed.subscriptions
    number = subscription.reader.descriptor
    client.drop()
    await eventually(lambda: not inner.server_state.connections, "the server knows")
    assert not feed.hot._ready
    async with await LiveClient.open(inner.url) as stranger:
        await stranger.hear_type("welcome")
        assert only(inner).descriptor() == number
        feed.whisper(b"not for you")
        await asyncio.sleep(0)
        await stranger.ask("unsubscribe", channel=channel)
        assert {frame["type"] for frame in stranger.frames} == {"welcome", "unsubscribed"}
