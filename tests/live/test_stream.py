"""The feed over plain HTTP, by long poll and by SSE (LIVE.md, The same without a socket)."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

import httpx
import pytest

from app.comments.removing import remove_comment, restore_comment
from app.comments.schemas import CommentChange, NewComment
from app.comments.services import edit_comment, post_comment
from app.live import frames
from app.live.hub import Hub
from app.posts.removing import remove_post
from tests.api import fields, refused
from tests.cast import Cast
from tests.counting import counting
from tests.live.figures import figures, moved
from tests.live.inner import InProcess
from tests.live_client import LiveClient
from tests.saying import change_epoch, open_channel, prune, say, say_silently
from tests.serving import Server
from tests.stream_client import SSE, StreamClient, address, poll
from tests.waiting import eventually
from tests.writers import open_thread

Serve = Callable[..., Server]


def seqs(data: dict[str, Any]) -> list[int]:
    return [event["seq"] for event in data["events"]]


class TestLongPoll:
    async def test_without_a_position_it_says_where_the_tip_is(
        self, client: httpx.AsyncClient, channel: str
    ) -> None:
        last = await say_silently(channel, 3)
        data, meta = await poll(client, channel)
        assert data == {
            "type": "events", "channel": channel, "epoch": meta["epoch"], "events": [], "more": False,
        }  # fmt: skip
        assert (meta["channel"], meta["seq"]) == (channel, last)
        assert meta["checked_ms"] >= 0

    @pytest.mark.parametrize("wait", [0, 25])
    async def test_what_is_there_comes_at_once(
        self, client: httpx.AsyncClient, channel: str, wait: int
    ) -> None:
        await say_silently(channel, 3)
        _, start = await poll(client, channel)
        data, meta = await poll(client, channel, epoch=start["epoch"], after=1, wait=wait)
        assert (seqs(data), data["more"], meta["seq"]) == ([2, 3], False, 3)
        assert set(data["events"][0]) == {"seq", "event", "at", "data"}

    @pytest.mark.parametrize("wait", [0, 25])
    async def test_pages_are_as_long_as_one_likes(
        self, client: httpx.AsyncClient, channel: str, wait: int
    ) -> None:
        await say_silently(channel, 5)
        _, place = await poll(client, channel)
        seen, place["seq"], more = [], 0, True
        while more:
            data, place = await poll(
                client, channel, epoch=place["epoch"], after=place["seq"], limit=2, wait=wait
            )
            assert len(data["events"]) <= 2
            seen += seqs(data)
            more = data["more"]
        assert seen == [1, 2, 3, 4, 5]

    async def test_a_page_is_the_one_that_the_socket_gives(
        self, server: Server, client: httpx.AsyncClient, channel: str
    ) -> None:
        await say_silently(channel, 700, 1000)
        data, meta = await poll(client, channel, epoch=(await poll(client, channel))[1]["epoch"], after=0)
        async with await LiveClient.open(server.live_url) as socket:
            page = await socket.ask("fetch", channel=channel, epoch=meta["epoch"], after=0)
        page.pop("id")
        assert data == page
        assert data["more"]

    async def test_at_the_tip_it_waits_for_the_next_event(
        self, local: httpx.AsyncClient, hub: Hub, publisher: object, channel: str
    ) -> None:
        _, place = await poll(local, channel)
        asked = asyncio.create_task(poll(local, channel, epoch=place["epoch"], after=place["seq"], wait=25))
        await eventually(lambda: is_hot(hub, channel), "the poll is at the tip")
        last = await say(channel, "Here I am")
        data, meta = await asked
        assert (seqs(data), meta["seq"]) == ([last], last)
        assert data["events"][0]["data"] == {"words": "Here I am"}

    async def test_while_it_waits_it_asks_postgresql_nothing(
        self, local: httpx.AsyncClient, hub: Hub, channel: str
    ) -> None:
        _, place = await poll(local, channel)
        with counting() as statements:
            data, meta = await poll(local, channel, epoch=place["epoch"], after=place["seq"], wait=2)
        assert (data["events"], data["more"], meta["seq"]) == ([], False, place["seq"])
        own = [statement for statement in statements if "pg_snapshot_xmin" not in statement]
        assert len(own) <= 2, "access and history at the beginning; the looks at the tips are everybody's"

    async def test_events_that_redis_lost_end_the_wait_too(
        self, local: httpx.AsyncClient, hub: Hub, channel: str
    ) -> None:
        """LIVE.md 4.4: the tips tell of them."""
        _, place = await poll(local, channel)
        asked = asyncio.create_task(poll(local, channel, epoch=place["epoch"], after=0, wait=25))
        await eventually(lambda: is_hot(hub, channel), "the poll is at the tip")
        await say_silently(channel, 3)
        assert seqs((await asked)[0]) == [1, 2, 3]

    async def test_one_poll_after_the_other_misses_and_repeats_nothing(
        self, local: httpx.AsyncClient, publisher: object, channel: str
    ) -> None:
        _, place = await poll(local, channel)
        writing = asyncio.create_task(say_many(channel, 60))
        seen: list[int] = []
        while len(seen) < 60:
            data, place = await poll(local, channel, epoch=place["epoch"], after=place["seq"], wait=25)
            seen += seqs(data)
        await writing
        assert seen == list(range(1, 61))

    @pytest.mark.parametrize(
        ("query", "status", "field", "code"),
        [
            ("wait=26", 422, "wait", "out_of_range"),
            ("wait=-1", 422, "wait", "out_of_range"),
            ("limit=0", 422, "limit", "out_of_range"),
            ("limit=501", 422, "limit", "out_of_range"),
            ("epoch=e&after=-1", 422, "after", "out_of_range"),
            (f"epoch=e&after={2**53}", 422, "after", "out_of_range"),
            ("after=0", 422, "epoch", "required"),
            ("epoch=e&after=x", 400, "after", "bad_query"),
            ("wait=long", 400, "wait", "bad_query"),
        ],
    )
    @pytest.mark.parametrize("headers", [{}, SSE], ids=["poll", "sse"])
    async def test_what_cannot_be_asked(
        self,
        client: httpx.AsyncClient,
        query: str,
        status: int,
        field: str,
        code: str,
        headers: dict[str, str],
    ) -> None:
        answer = await client.get(f"{address('posts')}?{query}", headers=headers)
        assert fields(refused(answer, status, code)) == {field: code}


class TestEventStream:
    async def test_it_streams_and_nobody_may_hold_it_back(
        self, client: httpx.AsyncClient, channel: str
    ) -> None:
        async with StreamClient.open(client, channel) as stream:
            await stream.placed()
            headers = stream.response.headers
            assert headers["content-type"].startswith("text/event-stream")
            assert headers["cache-control"] == "no-store"
            assert headers["x-accel-buffering"] == "no"
            assert "content-encoding" not in headers, "which the client would have taken"
            assert "content-length" not in headers
            assert headers["x-request-id"]
            assert float(headers["x-runtime"]) >= 0
            assert stream.retry_ms > 0

    async def test_a_position_is_known_before_the_first_event(
        self, client: httpx.AsyncClient, channel: str
    ) -> None:
        last = await say_silently(channel, 2)
        async with StreamClient.open(client, channel) as stream:
            await stream.placed()
            assert stream.position == ((await poll(client, channel))[1]["epoch"], last)
            assert stream.messages == []

    async def test_each_event_is_a_message_with_its_position(
        self, local: httpx.AsyncClient, publisher: object, channel: str
    ) -> None:
        await say_silently(channel, 2)
        epoch = (await poll(local, channel))[1]["epoch"]
        async with StreamClient.open(local, channel, epoch=epoch, after=0) as stream:
            await stream.hears(2)
            await say(channel, "two\nlines")
            events = await stream.hears(3)
            assert [message.id for message in stream.messages] == [f"{epoch}:{n}" for n in (1, 2, 3)]
            assert [(event["type"], event["channel"]) for event in events] == [("event", channel)] * 3
            assert events[-1]["data"] == {"words": "two\nlines"}

    async def test_last_event_id_beats_after(self, client: httpx.AsyncClient, channel: str) -> None:
        await say_silently(channel, 4)
        epoch = (await poll(client, channel))[1]["epoch"]
        async with StreamClient.open(client, channel, f"{epoch}:3", epoch=epoch, after=1) as stream:
            await stream.hears(1)
            assert stream.seqs == [4]

    @pytest.mark.parametrize("strange", ["7", "nonsense", "a:b", ":", "other:1", f"other:{10**30}"])
    async def test_an_id_that_is_none_of_ours_is_a_resync(
        self, client: httpx.AsyncClient, channel: str, strange: str
    ) -> None:
        last = await say_silently(channel, 2)
        async with StreamClient.open(client, channel, strange) as stream:
            resync = await stream.hears_kind("resync")
            assert (resync.data["reason"], resync.data["seq"]) == ("epoch", last)

    async def test_many_pages_come_in_one_go(self, client: httpx.AsyncClient, channel: str) -> None:
        last = await say_silently(channel, 1700)
        epoch = (await poll(client, channel))[1]["epoch"]
        async with StreamClient.open(client, channel, f"{epoch}:0") as stream:
            await stream.hears(last)
            assert stream.seqs == list(range(1, last + 1))

    async def test_a_comment_comes_every_fifteen_seconds(
        self, local: httpx.AsyncClient, channel: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from app.live import sse  # noqa: PLC0415  # only this test looks inside

        assert sse.COMMENT_SECONDS == 15
        monkeypatch.setattr(sse, "COMMENT_SECONDS", 0.05)
        async with StreamClient.open(local, channel) as stream:
            await eventually(lambda: stream.comments >= 3, "three comments")
            assert stream.messages == []

    async def test_head_gets_the_headers_and_an_end(self, client: httpx.AsyncClient, channel: str) -> None:
        answer = await client.head(address(channel), headers=SSE)
        assert (answer.status_code, answer.content) == (200, b"")
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert (await client.head(address(channel))).status_code == 200, "on the same connection"

    async def test_after_a_kill_it_goes_on_from_its_last_id(self, serve: Serve, cast: Cast) -> None:
        """Promise 2, without a socket."""
        server = serve()
        post = await open_thread(cast.alice)
        async with server.client() as client, StreamClient.open(client, f"post:{post}") as stream:
            await stream.placed()
            await post_comment(cast.bob.viewer, post, NewComment(body="Before"))
            await stream.hears(1)
            server.kill()
            await stream.is_over()
        for number in range(3):
            await post_comment(cast.bob.viewer, post, NewComment(body=f"Away {number}"))
        server.start()
        async with (
            server.client() as client,
            StreamClient.open(client, f"post:{post}", stream.last_id) as again,
        ):
            await again.hears(3)
            await post_comment(cast.bob.viewer, post, NewComment(body="After"))
            await again.hears(4)
            assert stream.seqs + again.seqs == [1, 2, 3, 4, 5]
            assert [message.kind for message in again.messages] == ["message"] * 4


@pytest.mark.parametrize("reason", ["epoch", "beyond", "pruned", "too_far"])
async def test_a_position_that_cannot_be_honoured_is_a_resync_from_which_it_goes_on(
    client: httpx.AsyncClient, channel: str, reason: str
) -> None:
    """LIVE.md 3.6 and 3.7, without a socket."""
    last = await say_silently(channel, 5010)
    epoch, after = (await poll(client, channel))[1]["epoch"], 5
    if reason == "epoch":
        await change_epoch()
    elif reason == "beyond":
        after = last + 1
    elif reason == "pruned":
        await prune(channel, 100)
        after = 99
    expected = {
        "type": "resync",
        "channel": channel,
        "seq": last,
        "reason": "epoch" if reason == "beyond" else reason,
    }
    for wait in (0, 25):
        data, meta = await poll(client, channel, epoch=epoch, after=after, wait=wait)
        now = data.pop("epoch")
        assert data == expected
        assert (meta["epoch"], meta["seq"]) == (now, last)
    async with StreamClient.open(client, channel, epoch=epoch, after=after) as stream:
        resync = await stream.hears_kind("resync")
        assert resync.data == {**expected, "epoch": now}
        assert resync.id == f"{now}:{last}"
        last = await say_silently(channel, 1)
        await stream.hears(1)
        assert stream.seqs == [last]
        assert (await poll(client, channel, epoch=now, after=last - 1))[0]["events"][0]["seq"] == last


async def test_the_same_story_by_all_three_transports(
    server: Server, client: httpx.AsyncClient, cast: Cast
) -> None:
    post = await open_thread(cast.alice)
    channel = f"post:{post}"
    _, start = await poll(client, channel)
    async with (
        await LiveClient.open(server.live_url) as socket,
        StreamClient.open(client, channel, epoch=start["epoch"], after=start["seq"]) as stream,
    ):
        await socket.subscribe(channel, (start["epoch"], start["seq"]))
        await stream.placed()
        comment, _ = await post_comment(cast.bob.viewer, post, NewComment(body="A first word"))
        await edit_comment(cast.bob.viewer, comment.id, CommentChange(body="A better one"))
        await remove_comment(cast.bob.viewer, comment.id)
        await restore_comment(cast.bob.viewer, comment.id)
        heard = await socket.hear_events(channel, 4)
        assert [event["event"] for event in heard] == [
            "comment.created", "comment.updated", "comment.removed", "comment.restored",
        ]  # fmt: skip
        assert await stream.hears(4) == heard
    polled: list[dict[str, Any]] = []
    place = start
    while len(polled) < 4:
        data, place = await poll(client, channel, epoch=place["epoch"], after=place["seq"], limit=3, wait=25)
        polled += data["events"]
    assert [without(event, "data") for event in polled] == [
        without(event, "type", "channel", "data") for event in heard
    ]
    # What has been removed since is not told again (LIVE.md 3.4).
    assert [event["data"] for event in polled] == [None, None, heard[2]["data"], heard[3]["data"]]


class TestAccess:
    """Who may not read hears nothing, and who may not any more hears no more (LIVE.md 4.7)."""

    @pytest.mark.parametrize("headers", [{}, SSE], ids=["poll", "sse"])
    @pytest.mark.parametrize(
        "channel", ["moderation", "user:{alice}", "post:999999", "post:0", "nothing", "%00"]
    )
    async def test_an_unknown_and_a_forbidden_channel_are_the_same(
        self, server: Server, cast: Cast, channel: str, headers: dict[str, str]
    ) -> None:
        await open_channel(f"user:{cast.alice.id}")
        async with server.client(cast.mallory.token) as mallory:
            answer = await mallory.get(address(channel.format(alice=cast.alice.id)), headers=headers)
        refused(answer, 404, "not_found")

    async def test_private_channels_open_for_whom_they_are(self, server: Server, cast: Cast) -> None:
        own = await open_channel(f"user:{cast.alice.id}")
        async with server.client(cast.alice.token) as alice, server.client(cast.mona.token) as mona:
            assert (await poll(alice, own))[0]["events"] == []
            assert (await poll(mona, "moderation"))[0]["events"] == []
            async with StreamClient.open(alice, own) as stream:
                await stream.placed()
            refused(await mona.get(address(own)), 404, "not_found")

    async def test_a_bad_bearer_token_never_falls_back_to_the_cookie(
        self, server: Server, cast: Cast
    ) -> None:
        async with server.client(cast.alice.token) as alice:
            bearer = {"Authorization": "Bearer hub_made_up"}
            refused(await alice.get(address("posts"), headers=bearer), 401, "invalid_token")
            refused(await alice.get(address("posts"), headers={**bearer, **SSE}), 401, "invalid_token")

    async def test_each_request_is_checked_again(self, client: httpx.AsyncClient, cast: Cast) -> None:
        post = await open_thread(cast.alice)
        _, place = await poll(client, f"post:{post}")
        await remove_post(cast.alice.viewer, post)
        answer = await client.get(
            address(f"post:{post}"), params={"epoch": place["epoch"], "after": place["seq"], "wait": 25}
        )
        refused(answer, 404, "not_found")

    async def test_whoever_is_hung_up_on_hears_the_end(
        self, local: httpx.AsyncClient, hub: Hub, channel: str
    ) -> None:
        """A session's end reaches them as it reaches a socket, through the registry."""
        async with StreamClient.open(local, channel) as stream:
            await stream.placed()
            waiting = asyncio.create_task(poll(local, channel, wait=25))
            await eventually(lambda: len(hub._feeds[channel].hot) == 2, "both follow")
            for connection in hub.connections:
                assert connection.address == "127.0.0.1"
                assert set(connection.subscriptions) <= {channel}
                connection.hang_up(4401, "signed_out")
            await stream.is_over()
            assert (await waiting)[0]["events"] == []
        await eventually(lambda: not len(hub.connections), "neither is left behind")

    async def test_a_channel_that_is_taken_away_ends_them_too(
        self, local: httpx.AsyncClient, hub: Hub, channel: str
    ) -> None:
        async with StreamClient.open(local, channel) as stream:
            await stream.placed()
            waiting = asyncio.create_task(local.get(address(channel), params={"wait": 25}))
            await eventually(lambda: len(hub._feeds[channel].subscriptions) == 2, "both follow")
            for subscription in tuple(hub._feeds[channel].subscriptions):
                subscription.reader.send(frames.Unsubscribed(channel, reason="access"))
            await stream.is_over()
            refused(await waiting, 404, "not_found")


class TestEnds:
    @pytest.mark.parametrize("headers", [{}, SSE], ids=["poll", "sse"])
    async def test_a_client_who_leaves_leaves_nothing_behind(
        self, inner: InProcess, hub: Hub, channel: str, headers: dict[str, str]
    ) -> None:
        async with inner.client() as client:
            asked = asyncio.create_task(ask_for_long(client, channel, headers))
            await eventually(lambda: is_hot(hub, channel), "it follows")
            asked.cancel()
            await asyncio.gather(asked, return_exceptions=True)
        await eventually(lambda: not len(hub.connections), "it is not known any more")
        assert not hub._feeds[channel].subscriptions

    async def test_a_server_that_stops_waits_for_none_of_them(self, serve: Serve, channel: str) -> None:
        """LIVE.md 4.8: streams and polls have no end of their own."""
        server = serve()
        async with server.client() as client, StreamClient.open(client, channel) as stream:
            await stream.placed()
            _, place = await poll(client, channel)
            before = await figures(server)
            waiting = asyncio.create_task(
                poll(client, channel, epoch=place["epoch"], after=place["seq"], wait=25)
            )
            await moved(server, before, 'recover_total{result="recovered"}')
            await asyncio.to_thread(server.terminate)
            await stream.is_over()
            assert (await waiting)[0]["events"] == []
        assert "graceful shutdown exceeded" not in server.output()

    async def test_what_takes_long_is_no_slow_request(self, serve: Serve, channel: str) -> None:
        server = serve(slow_request_ms=50)
        async with server.client() as client:
            await poll(client, channel, wait=1)
            async with StreamClient.open(client, channel) as stream:
                await stream.placed()
            await asyncio.to_thread(server.terminate)
        slow = [line for line in server.output().splitlines() if "slow_request" in line]
        assert not any(address(channel) in line for line in slow)


class TestSlowReaders:
    """LIVE.md 4.5 without a socket."""

    async def test_a_reader_who_reads_on_gets_everything_and_costs_little(
        self, local: httpx.AsyncClient, hub: Hub, channel: str
    ) -> None:
        async with StreamClient.open(local, channel, reads=False) as stream:
            last = await fill(hub, channel)
            stream.listen()
            await stream.hears(last, 60)
            assert stream.seqs == list(range(1, last + 1))
            assert not stream.ended

    async def test_a_reader_who_reads_no_more_is_let_go_and_holds_nobody_up(
        self,
        local: httpx.AsyncClient,
        inner: InProcess,
        hub: Hub,
        channel: str,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr("app.live.heartbeat.STUCK_SECONDS", 1.5)
        monkeypatch.setattr("app.live.sse.FAREWELL_SECONDS", 0.5)
        async with StreamClient.open(local, channel, reads=False):
            last = await fill(hub, channel)
            epoch = hub.epoch
            assert seqs((await poll(local, channel, epoch=epoch, after=last - 1))[0]) == [last]
            await eventually(lambda: not len(hub.connections), "it is not known any more")
            assert not hub._feeds[channel].subscriptions
            await eventually(lambda: len(inner.server_state.connections) == 1, "its line is cut")


def is_hot(hub: Hub, channel: str) -> bool:
    feed = hub._feeds.get(channel)
    return feed is not None and bool(feed.hot)


async def fill(hub: Hub, channel: str) -> int:
    """Say more than all buffers on the way can hold, to the one reader, who does not read."""
    await eventually(lambda: is_hot(hub, channel), "the reader is at the tip")
    (subscription,) = hub._feeds[channel].subscriptions
    reader: Any = subscription.reader
    last, held = 0, None
    for _ in range(6):
        last = await say_silently(channel, 200, 10_000)
        await eventually(partial(_has_passed, hub, channel, last), "the hub has written it")
        if reader.full:
            held = held or len(reader._waiting)
            assert len(reader._waiting) <= held, "once it is full, nothing is added"
    assert held
    return last


def _has_passed(hub: Hub, channel: str, seq: int) -> bool:
    return hub._feeds[channel].last == seq


async def say_many(channel: str, count: int) -> None:
    for number in range(count):
        await say(channel, str(number))


async def ask_for_long(client: httpx.AsyncClient, channel: str, headers: dict[str, str]) -> None:
    async with client.stream("GET", address(channel), params={"wait": 25}, headers=headers) as response:
        await response.aread()


def without(event: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in event.items() if name not in names}
