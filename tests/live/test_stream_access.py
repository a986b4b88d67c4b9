"""LIVE.md 3.9 and 4.7 without a socket: streams and waiting polls end, and the next request meets the door."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from typing import Any

import httpx
import pytest

from app.accounts.sessions import close_session
from app.live import connections, frames
from app.live.guard import Guard
from app.live.hub import Hub
from app.live.polling import Poll
from app.live.sse import EventStream
from app.settings import Settings
from tests.api import BASE, refused, shown
from tests.cast import Cast, Member, second_session
from tests.live.servers import Everywhere
from tests.saying import open_channel, say_silently
from tests.serving import Server
from tests.stream_client import SSE, StreamClient, address, poll
from tests.tokens import Token, lend
from tests.waiting import eventually
from tests.writers import open_thread

WITHIN = 2.0


class Following:
    """One member, or nobody in particular, on one server: a stream and a waiting poll of one channel."""

    def __init__(self, client: httpx.AsyncClient, stream: StreamClient, channel: str) -> None:
        self.stream = stream
        self._client = client
        self._channel = channel
        self._place: dict[str, Any] = {}
        self.polling: asyncio.Task[httpx.Response] | None = None

    async def begin(self) -> None:
        """Each has its place, and the poll is under way."""
        await self.stream.placed()
        _, self._place = await poll(self._client, self._channel)
        self.polling = asyncio.create_task(self.poll_on(25))

    async def poll_on(self, wait: int) -> httpx.Response:
        place = {"epoch": self._place["epoch"], "after": self._place["seq"]}
        return await self._client.get(address(self._channel), params={**place, "wait": wait})

    async def hears(self, seq: int) -> None:
        """By both ways, one after the other poll."""
        assert self.polling is not None
        answer = await self.polling
        while not shown(answer)["events"]:
            answer = await self.poll_on(25)
        assert [event["seq"] for event in shown(answer)["events"]][-1] == seq
        await eventually(lambda: seq in self.stream.seqs, f"event {seq}")
        assert not self.stream.ended

    async def is_over(self, *told: str) -> None:
        """Both end in time, having been told no more than this; the door refuses whoever comes again."""
        assert self.polling is not None
        async with asyncio.timeout(WITHIN):
            await self.stream.is_over()
            answer = await self.polling
        assert [event["event"] for event in self.stream.events] == list(told)
        if answer.status_code == 200:
            assert [event["event"] for event in shown(answer)["events"]] == list(told)
        else:
            refused(answer, 404, "not_found")

    async def comes_again_in_vain(self, status: int = 404, code: str = "not_found") -> None:
        refused(await self.poll_on(0), status, code)
        refused(await self._client.get(address(self._channel), headers=SSE), status, code)


class Streams:
    """Has people follow channels without a socket, on each of the servers."""

    def __init__(self, here: Everywhere, stack: AsyncExitStack) -> None:
        self._here = here
        self._stack = stack

    async def follow(self, who: Member | Token | None, channel: str) -> list[Following]:
        following = [await self._follow(server, who, channel) for server in self._here.servers]
        for one in following:
            await one.begin()
        return following

    async def ask(self, member: Member, method: str, path: str) -> None:
        async with self._here.servers[0].client(member.token) as client:
            answer = await client.request(method, BASE + path)
            assert answer.status_code < 300, answer.text

    async def _follow(self, server: Server, who: Member | Token | None, channel: str) -> Following:
        line = server.client(who.token if isinstance(who, Member) else None)
        line.headers.update(who.header if isinstance(who, Token) else {})
        client = await self._stack.enter_async_context(line)
        stream = await self._stack.enter_async_context(StreamClient.open(client, channel))
        return Following(client, stream, channel)


@pytest.fixture
async def streams(here: Everywhere) -> AsyncIterator[Streams]:
    """On two servers, with their Redis or after it was killed."""
    async with AsyncExitStack() as stack:
        yield Streams(here, stack)


async def all_hear(neighbours: list[Following], channel: str) -> None:
    seq = await say_silently(channel, 1)
    for one in neighbours:
        await one.hears(seq)


@pytest.mark.parametrize("how", ["signs out", "is signed out from elsewhere"])
async def test_4_7_a_session_that_ends_takes_its_streams_along_everywhere(
    streams: Streams, cast: Cast, how: str
) -> None:
    own = await open_channel(f"user:{cast.alice.id}")
    other = await second_session(cast.alice)
    leaving, staying = await streams.follow(other, own), await streams.follow(cast.alice, own)
    if how == "signs out":
        await streams.ask(other, "DELETE", "/session")
    else:
        await streams.ask(cast.alice, "DELETE", f"/sessions/{other.session_id}")
    for one in leaving:
        await one.is_over()
    await all_hear(staying, own)
    for one in leaving:
        await one.comes_again_in_vain()
        assert one.stream.events == []


async def test_4_7_a_token_that_is_revoked_takes_its_streams_along_everywhere(
    streams: Streams, cast: Cast
) -> None:
    own = await open_channel(f"user:{cast.alice.id}")
    revoked, kept = await lend(cast.alice, "read"), await lend(cast.alice, "read")
    leaving, staying = await streams.follow(revoked, own), await streams.follow(kept, own)
    await streams.ask(cast.alice, "DELETE", f"/tokens/{revoked.id}")
    for one in leaving:
        await one.is_over()
    await all_hear(staying, own)
    for one in leaving:
        await one.comes_again_in_vain(401, "invalid_token")
        assert one.stream.events == []


async def test_4_7_a_removed_post_is_left_by_all_but_its_author(streams: Streams, cast: Cast) -> None:
    """Those who were at the tip hear of the removal itself before the end."""
    post = await open_thread(cast.alice)
    channel = f"post:{post}"
    leaving = await streams.follow(cast.bob, channel) + await streams.follow(None, channel)
    staying = await streams.follow(cast.alice, channel)
    await streams.ask(cast.alice, "DELETE", f"/posts/{post}")
    for one in leaving:
        await one.is_over("post.removed")
    for one in staying:
        # The poll was answered with the removal itself.
        await one.hears(1)
        one.polling = asyncio.create_task(one.poll_on(25))
    for one in leaving:
        await one.comes_again_in_vain()


class TestBetweenTheDoorAndTheRegistry:
    """Who asks was looked up before they were registered, so what was revoked in between is looked for (3.9)."""

    @pytest.fixture
    async def signed_out(self, hub: Hub, guard: Guard, cast: Cast) -> Member:
        """Alice has been let in, and now her session is over and the guard has dealt with that."""
        turn = hub.doubts.turn
        await close_session(cast.alice.token)
        await eventually(lambda: hub.doubts.turn > turn and not hub.doubts._wake.is_set(), "it was heard of")
        return cast.alice

    async def test_3_9_a_stream_ends(self, hub: Hub, signed_out: Member) -> None:
        own = await open_channel(f"user:{signed_out.id}")
        stream = EventStream(hub, signed_out.viewer, "192.0.2.1", {})
        await stream.open(frames.Subscribe(0, own))
        await eventually(lambda: stream._reader.closed, "the stream is hung up on", WITHIN)

    async def test_3_9_a_waiting_poll_ends(self, hub: Hub, signed_out: Member) -> None:
        own = await open_channel(f"user:{signed_out.id}")
        waiting = Poll(hub, signed_out.viewer, "192.0.2.1")
        events: list[Any] = []
        # Hung up on so early that it had no place yet, it is answered with 503.
        with suppress(ConnectionAbortedError):
            async with asyncio.timeout(WITHIN):
                answer, _ = await waiting.answer(frames.Subscribe(0, own), 500, 25)
            assert isinstance(answer, frames.Events)
            events = answer.events
        assert events == []


@pytest.mark.parametrize("headers", [{}, SSE], ids=["poll", "sse"])
async def test_2_one_connection_too_many_is_told_when_to_come_back(
    local: httpx.AsyncClient,
    hub: Hub,
    channel: str,
    headers: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What 4409 is on a socket is 429 here."""
    monkeypatch.setattr(connections, "settings", Settings(connections_per_address=1))
    async with StreamClient.open(local, channel) as stream:
        await stream.placed()
        answer = await local.get(address(channel), headers=headers)
        refused(answer, 429, "rate_limited")
        assert int(answer.headers["Retry-After"]) > 0
        await say_silently(channel, 1)
        await stream.hears(1)
    await eventually(lambda: not len(hub.connections), "there is room again")
    await poll(local, channel)
