"""The wire of `hubbub.v1` over real sockets to a real server (LIVE.md, section 2)."""

import asyncio
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from tests.cast import Cast
from tests.live_client import LiveClient
from tests.saying import prune, say_silently, tip
from tests.serving import Server


@pytest.fixture
async def reader(server: Server):
    """Someone who is not signed in, as a browser of our own pages."""
    async with await LiveClient.open(server.live_url, origin=server.url) as client:
        yield client


async def test_welcome_is_the_first_frame(server: Server, cast: Cast) -> None:
    async with await LiveClient.open(server.live_url, origin=server.url, token=cast.alice.token) as alice:
        welcome = await alice.hear_type("welcome")
    assert alice.frames[0] == welcome
    assert welcome["protocol"] == 1
    assert isinstance(welcome["connection"], str)
    assert welcome["ping_ms"] == 1000
    assert welcome["limits"] == {
        "subscriptions": 128, "frame_bytes": 65536, "frames_per_second": 20, "page": 500,
    }  # fmt: skip
    assert {key: welcome["user"][key] for key in ("id", "username", "name", "role", "avatar_url")} == {
        "id": cast.alice.id, "username": "alice", "name": "Alice", "role": "member", "avatar_url": None,
    }  # fmt: skip
    assert alice.connection.subprotocol == "hubbub.v1"


class TestWho:
    """Which credentials count, and who is not let in at all."""

    @pytest.mark.parametrize(
        "origin", ["https://evil.example", "null", "{url}.evil.example", "http://localhost:{port}",
                   "http://127.0.0.1:1", "http://evil.example/{url}", "", "file://"],
    )  # fmt: skip
    async def test_a_foreign_origin_gets_403_and_no_upgrade(
        self, server: Server, cast: Cast, origin: str
    ) -> None:
        host = f"127.0.0.1:{server.port}"
        foreign = origin.format(url=server.url, port=server.port, host=host)
        with pytest.raises(InvalidStatus) as refused:
            await LiveClient.open(server.live_url, origin=foreign, token=cast.alice.token)
        assert refused.value.response.status_code == 403

    async def test_a_cookie_without_an_origin_is_ignored(self, server: Server, cast: Cast) -> None:
        async with await LiveClient.open(server.live_url, token=cast.alice.token) as program:
            assert (await program.hear_type("welcome"))["user"] is None

    async def test_an_unknown_session_is_nobody(self, server: Server, cast: Cast) -> None:
        async with await LiveClient.open(server.live_url, origin=server.url, token="made-up") as stranger:
            assert (await stranger.hear_type("welcome"))["user"] is None

    async def test_a_bad_bearer_token_is_accepted_told_bye_and_closed(
        self, server: Server, cast: Cast
    ) -> None:
        bearer = {"Authorization": "Bearer hub_made_up", "Cookie": f"hubbub_session={cast.alice.token}"}
        client = await LiveClient.open(server.live_url, origin=server.url, headers=bearer)
        assert await client.gone() == 4401
        assert [frame["type"] for frame in client.frames] == ["bye"]
        assert client.frames[0]["reconnect_in"] is None

    async def test_auth_of_someone_signed_in_is_refused(self, server: Server, cast: Cast) -> None:
        async with await LiveClient.open(server.live_url, origin=server.url, token=cast.alice.token) as alice:
            assert (await alice.ask("auth", token="hub_made_up"))["code"] == "already_authenticated"

    async def test_auth_with_a_bad_token_fails_and_the_socket_stays(self, reader: LiveClient) -> None:
        answer = await reader.ask("auth", token="hub_made_up")
        assert (answer["type"], answer["code"]) == ("error", "auth_failed")
        assert (await reader.subscribe("posts"))["type"] == "subscribed"


class TestChannels:
    """Unknown and forbidden answer alike."""

    async def test_posts_and_a_post_are_public(self, reader: LiveClient, channel: str) -> None:
        for name in ("posts", channel):
            assert (await reader.subscribe(name))["type"] == "subscribed"

    @pytest.mark.parametrize(
        "name", ["post:999999999", "moderation", "user:1", "nonsense", "access", "post:01", ""]
    )
    async def test_unknown_and_forbidden_are_not_found_and_the_socket_stays(
        self, reader: LiveClient, name: str
    ) -> None:
        for kind, place in (("subscribe", {}), ("fetch", {"epoch": "x", "after": 0})):
            answer = await reader.ask(kind, channel=name, **place)
            assert (answer["type"], answer["code"]) == ("error", "not_found"), kind
        assert (await reader.subscribe("posts"))["type"] == "subscribed"

    async def test_moderation_is_for_moderators(self, server: Server, cast: Cast) -> None:
        answers = {}
        for member in (cast.mallory, cast.mona, cast.ada):
            async with await LiveClient.open(
                server.live_url, origin=server.url, token=member.token
            ) as client:
                answers[member.username] = (await client.subscribe("moderation"))["type"]
        assert answers == {"mallory": "error", "mona": "subscribed", "ada": "subscribed"}

    async def test_a_removed_post_is_for_its_author_and_moderators(
        self, server: Server, cast: Cast, database: Any, channel: str
    ) -> None:
        removed = "UPDATE posts SET author = $1, removed_at = now(), removed_by = 'author'"
        await database.fetch(removed, cast.alice.id)
        answers = {}
        for member in (cast.alice, cast.mallory, cast.mona):
            async with await LiveClient.open(
                server.live_url, origin=server.url, token=member.token
            ) as client:
                answers[member.username] = (await client.subscribe(channel))["type"]
        assert answers == {"alice": "subscribed", "mallory": "error", "mona": "subscribed"}


class TestSubscribe:
    """Where delivery starts, and what comes first."""

    async def test_without_a_position_it_starts_at_the_tip(self, reader: LiveClient, channel: str) -> None:
        await say_silently(channel, 3)
        answer = await reader.subscribe(channel)
        assert (answer["seq"], answer["recovered"]) == (3, False)
        await say_silently(channel, 1)
        await reader.hear_events(channel, 1)
        assert reader.seqs(channel) == [4]
        assert not [frame for frame in reader.frames if frame["type"] == "resync"]

    async def test_a_position_is_exclusive_and_what_was_missed_comes_first(
        self, reader: LiveClient, channel: str
    ) -> None:
        await say_silently(channel, 5)
        answer = await reader.subscribe(channel, (await epoch(reader), 2))
        assert (answer["seq"], answer["recovered"]) == (2, True)
        await reader.hear_events(channel, 3)
        assert reader.seqs(channel) == [3, 4, 5]
        page = await reader.hear_type("events")
        assert page["more"] is False
        assert set(page["events"][0]) == {"seq", "event", "at", "data"}
        assert page["events"][0]["data"] == {"words": "1"} or page["events"][0]["seq"] == 3

    async def test_at_the_tip_nothing_is_missed(self, reader: LiveClient, channel: str) -> None:
        last = await say_silently(channel, 5)
        answer = await reader.subscribe(channel, (await epoch(reader), last))
        assert (answer["seq"], answer["recovered"]) == (last, True)
        await say_silently(channel, 1)
        await reader.hear_events(channel, 1)
        assert reader.seqs(channel) == [last + 1]

    async def test_a_long_absence_comes_in_pages_with_no_event_between(
        self, reader: LiveClient, channel: str
    ) -> None:
        await say_silently(channel, 1700)
        await reader.subscribe(channel, (await epoch(reader), 0))
        writing = asyncio.create_task(say_silently(channel, 50))
        await reader.hear_events(channel, 1750)
        await writing
        assert reader.seqs(channel) == list(range(1, 1751))
        kinds = [frame["type"] for frame in reader.frames if frame.get("channel") == channel]
        assert kinds[0] == "subscribed"
        pages = [frame for frame in reader.frames if frame["type"] == "events"]
        assert all(len(page["events"]) <= 500 for page in pages)
        assert [page["more"] for page in pages][:3] == [True, True, True]
        assert "events" not in kinds[kinds.index("event") :] if "event" in kinds else True

    async def test_a_page_has_at_most_256_kib(self, reader: LiveClient, channel: str) -> None:
        await say_silently(channel, 100, length=10_000)
        await reader.subscribe(channel, (await epoch(reader), 0))
        await reader.hear_events(channel, 100)
        pages = [frame for frame in reader.frames if frame["type"] == "events"]
        assert len(pages) >= 4
        assert all(reader.size_of(page) <= 262_144 for page in pages)
        assert reader.seqs(channel) == list(range(1, 101))

    async def test_an_item_larger_than_a_page_comes_alone(self, reader: LiveClient, channel: str) -> None:
        await say_silently(channel, 2, length=300_000)
        await reader.subscribe(channel, (await epoch(reader), 0))
        await reader.hear_events(channel, 2)
        assert [len(f["events"]) for f in reader.frames if f["type"] == "events"] == [1, 1]

    async def test_again_while_subscribed_is_refused_and_nothing_changes(
        self, reader: LiveClient, channel: str
    ) -> None:
        await reader.subscribe(channel)
        answer = await reader.subscribe(channel, (await epoch(reader), 0))
        assert (answer["type"], answer["code"]) == ("error", "already_subscribed")
        await say_silently(channel, 1)
        await reader.hear_events(channel, 1)
        assert reader.seqs(channel) == [1]

    async def test_after_without_epoch_is_a_bad_request(self, reader: LiveClient, channel: str) -> None:
        answer = await reader.ask("subscribe", channel=channel, after=0)
        assert (answer["type"], answer["code"]) == ("error", "bad_request")
        assert (await reader.subscribe(channel))["type"] == "subscribed"

    async def test_unsubscribe_ends_delivery_and_may_be_said_twice(
        self, reader: LiveClient, channel: str
    ) -> None:
        await reader.subscribe(channel)
        for _ in range(2):
            assert (await reader.ask("unsubscribe", channel=channel))["type"] == "unsubscribed"
        await say_silently(channel, 1)
        await reader.hear(
            lambda frame: frame["type"] == "ping" and channel not in frame["seqs"], "a later ping"
        )
        answer = await reader.subscribe(channel, (await epoch(reader), 0))
        assert answer["recovered"] is True
        await reader.hear_events(channel, 1)
        assert reader.seqs(channel) == [1]

    async def test_at_most_128_subscriptions(self, reader: LiveClient, database: Any) -> None:
        await database.fetch(
            """WITH made AS (INSERT INTO posts (title, body, body_html, excerpt)
                SELECT 'A title', 'Words', '', '' FROM generate_series(1, 129) RETURNING id)
            INSERT INTO channels (name) SELECT 'post:' || id FROM made"""
        )
        names = [
            row["name"] for row in await database.fetch("SELECT name FROM channels WHERE name LIKE 'post:%'")
        ]
        answers = [await reader.subscribe(name) for name in names]
        assert [answer["type"] for answer in answers[:128]] == ["subscribed"] * 128
        assert answers[128]["code"] == "too_many_subscriptions"


class TestResync:
    """A position that cannot be honoured."""

    async def refused(self, reader: LiveClient, channel: str, position: tuple[str, int]) -> dict[str, Any]:
        """The reason and the place, from `subscribe` and from `fetch` alike."""
        answer = await reader.subscribe(channel, position)
        assert (answer["type"], answer["recovered"]) == ("subscribed", False)
        resync = await reader.hear(lambda f: f["type"] == "resync" and "id" not in f, "a resync")
        assert answer["seq"] == resync["seq"] == await tip(channel)
        fetched = await reader.ask("fetch", channel=channel, epoch=position[0], after=position[1])
        assert {key: fetched[key] for key in ("type", "reason", "seq")} == {
            key: resync[key] for key in ("type", "reason", "seq")
        }
        await say_silently(channel, 1)
        await reader.hear_events(channel, 1)
        assert reader.seqs(channel) == [resync["seq"] + 1]
        return resync

    async def test_pruned(self, reader: LiveClient, channel: str) -> None:
        await say_silently(channel, 10)
        await prune(channel, 4)
        assert (await self.refused(reader, channel, (await epoch(reader), 3)))["reason"] == "pruned"

    async def test_the_floor_itself_is_still_a_position(self, reader: LiveClient, channel: str) -> None:
        await say_silently(channel, 10)
        await prune(channel, 4)
        assert (await reader.subscribe(channel, (await epoch(reader), 4)))["recovered"] is True
        await reader.hear_events(channel, 6)
        assert reader.seqs(channel) == [5, 6, 7, 8, 9, 10]

    async def test_another_epoch(self, reader: LiveClient, channel: str) -> None:
        await say_silently(channel, 3)
        resync = await self.refused(reader, channel, ("another", 1))
        assert (resync["reason"], resync["epoch"]) == ("epoch", await epoch(reader))

    async def test_beyond_the_tip(self, reader: LiveClient, channel: str) -> None:
        await say_silently(channel, 3)
        assert (await self.refused(reader, channel, (await epoch(reader), 4)))["reason"] == "epoch"

    async def test_too_far(self, reader: LiveClient, channel: str) -> None:
        await say_silently(channel, 5001)
        assert (await self.refused(reader, channel, (await epoch(reader), 0)))["reason"] == "too_far"

    async def test_five_thousand_are_not_too_far(self, reader: LiveClient, channel: str) -> None:
        await say_silently(channel, 5001)
        assert (await reader.subscribe(channel, (await epoch(reader), 1)))["recovered"] is True
        await reader.hear_events(channel, 5000)
        assert reader.seqs(channel) == list(range(2, 5002))


class TestFetch:
    """One page of the log, without moving any subscription."""

    async def test_a_page_and_whether_there_is_more(self, reader: LiveClient, channel: str) -> None:
        await say_silently(channel, 5)
        place = {"channel": channel, "epoch": await epoch(reader)}
        page = await reader.ask("fetch", **place, after=1, limit=2)
        assert ([item["seq"] for item in page["events"]], page["more"]) == ([2, 3], True)
        page = await reader.ask("fetch", **place, after=3)
        assert ([item["seq"] for item in page["events"]], page["more"]) == ([4, 5], False)
        page = await reader.ask("fetch", **place, after=5)
        assert (page["events"], page["more"]) == ([], False)

    async def test_it_moves_no_subscription(self, reader: LiveClient, channel: str) -> None:
        await say_silently(channel, 5)
        await reader.subscribe(channel)
        await reader.ask("fetch", channel=channel, epoch=await epoch(reader), after=0)
        await say_silently(channel, 1)
        await reader.hear_events(channel, 1)
        assert reader.seqs(channel) == [6]

    @pytest.mark.parametrize(
        "wrong", [{"limit": 0}, {"limit": 501}, {"after": -1}, {"after": 2**63}, {"after": "1"}]
    )
    async def test_values_out_of_range_are_a_bad_request(
        self, reader: LiveClient, channel: str, wrong: dict[str, Any]
    ) -> None:
        request = {"channel": channel, "epoch": await epoch(reader), "after": 0, **wrong}
        answer = await reader.ask("fetch", **request)
        assert (answer["type"], answer["code"]) == ("error", "bad_request")


class TestFrames:
    """What is not ours ends the conversation; what is only wrong does not."""

    @pytest.mark.parametrize(
        "junk", ["", "hello", "[]", "1", "null", '"subscribe"', "{}", '{"type": "dance"}', '{"type": 1}', b"\x00\x01",
                 "[" * 60_000, '{"type": "subscribed", "id": 1}'],
        ids=str,
    )  # fmt: skip
    async def test_junk_is_told_bye_and_closed_with_4400(self, reader: LiveClient, junk: str | bytes) -> None:
        await reader.hear_type("welcome")
        await reader.say(junk)
        assert await reader.gone() == 4400
        assert reader.frames[-1]["type"] == "bye"
        assert reader.frames[-1]["reconnect_in"] is None

    async def test_unknown_fields_are_ignored(self, reader: LiveClient, channel: str) -> None:
        assert (await reader.ask("subscribe", channel=channel, colour="red"))["type"] == "subscribed"

    @pytest.mark.parametrize(
        "wrong",
        [
            {"id": None},
            {"id": 1.5},
            {"id": "x" * 65},
            {"id": "é" * 33},
            {"id": 2**53},
            {"id": {}},
            {"id": True},
            {"channel": 7},
            {"after": -1},
            {"epoch": "x", "after": 2**63},
        ],
    )
    async def test_a_request_that_is_wrong_is_a_bad_request_and_the_socket_stays(
        self, reader: LiveClient, wrong: dict[str, Any]
    ) -> None:
        await reader.say({"type": "subscribe", "id": 99, "channel": "posts", **wrong})
        error = await reader.hear_type("error")
        assert error["code"] == "bad_request"
        assert (await reader.subscribe("posts"))["type"] == "subscribed"

    async def test_a_request_without_an_id_is_a_bad_request(self, reader: LiveClient) -> None:
        await reader.say({"type": "unsubscribe", "channel": "posts"})
        error = await reader.hear_type("error")
        assert error["code"] == "bad_request"
        assert "id" not in error

    async def test_an_id_is_echoed_as_it_came(self, reader: LiveClient) -> None:
        for identity in ("é" * 32, "0", 0, -5, 2**53 - 1):
            await reader.say({"type": "unsubscribe", "id": identity, "channel": "posts"})
            await reader.hear(lambda frame, wanted=identity: frame.get("id") == wanted, repr(identity))  # type: ignore[misc]  # bound here

    async def test_a_frame_larger_than_the_limit_closes(self, reader: LiveClient) -> None:
        await reader.hear_type("welcome")
        await reader.say('{"type": "pong", "filler": "' + "x" * 65_536 + '"}')
        assert await reader.gone() == 1009


class TestPing:
    """Where the connection stands, and whether anybody is there."""

    async def test_a_ping_says_where_each_channel_stands(self, reader: LiveClient, channel: str) -> None:
        await reader.subscribe(channel)
        await say_silently(channel, 2)
        await reader.hear_events(channel, 2)
        ping = await reader.hear(
            lambda frame: frame["type"] == "ping" and frame["seqs"] == {channel: 2}, "a ping"
        )
        assert 0 <= ping["checked_ms"] < 3000

    async def test_no_ping_is_ahead_of_what_was_written(self, reader: LiveClient, channel: str) -> None:
        await reader.subscribe(channel)
        for _ in range(4):
            await say_silently(channel, 3)
            await asyncio.sleep(0.5)
        await reader.hear_events(channel, 12)
        seen = 0
        for frame in reader.frames:
            if frame["type"] in {"event", "events"}:
                seen = frame["events"][-1]["seq"] if "events" in frame else frame["seq"]
            elif frame["type"] == "ping":
                assert frame["seqs"].get(channel, 0) == seen

    async def test_who_answers_stays(self, reader: LiveClient) -> None:
        await reader.hear(
            lambda _: len([f for f in reader.frames if f["type"] == "ping"]) >= 3, "three pings"
        )
        assert reader.close_code is None


async def epoch(client: LiveClient) -> str:
    """The epoch of the log, as `fetch` tells it."""
    answer = await client.ask("fetch", channel="posts", epoch="", after=0)
    found: str = answer["epoch"]
    return found
