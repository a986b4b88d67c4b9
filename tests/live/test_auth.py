"""Programs on the socket: a token in the header of the handshake, or in one `auth` frame (LIVE.md, Who)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.database.engine import Engine
from tests.cast import ROLES, Cast
from tests.live_client import LiveClient
from tests.saying import open_channel, say_silently
from tests.serving import Server
from tests.tokens import lend

# Everything that is no token, or none that counts.
BAD = ["hub_made_up", "", "hub_", "hub_" + "a" * 43, "HUB_" + "a" * 43, "\0", "hub_" + "é" * 43, "x" * 60_000]


@pytest.fixture(autouse=True)
async def own_channels(cast: Cast) -> None:
    """A channel for each of the cast, which nobody else may read."""
    for name in ROLES:
        await open_channel(f"user:{getattr(cast, name).id}")


@pytest.fixture
async def program(server: Server):
    """A program that has not said who it is."""
    async with await LiveClient.open(server.live_url) as client:
        yield client


class TestInTheHeader:
    async def test_a_token_is_its_member(self, server: Server, cast: Cast) -> None:
        token = await lend(cast.alice, "read")
        async with await LiveClient.open(server.live_url, headers=token.header) as alice:
            welcome = await alice.hear_type("welcome")
            assert welcome["user"] == {
                "id": cast.alice.id, "username": "alice", "name": "Alice", "avatar_url": None, "role": "member",
            }  # fmt: skip
            assert "id" not in welcome
            assert (await alice.subscribe(f"user:{cast.alice.id}"))["type"] == "subscribed"
            assert (await alice.subscribe(f"user:{cast.bob.id}"))["code"] == "not_found"

    async def test_it_wins_over_the_cookie(self, server: Server, cast: Cast) -> None:
        token = await lend(cast.alice, "read")
        both = await LiveClient.open(
            server.live_url, origin=server.url, token=cast.bob.token, headers=token.header
        )
        async with both:
            assert (await both.hear_type("welcome"))["user"]["username"] == "alice"

    async def test_one_that_has_expired_is_told_bye_and_closed_for_good(
        self, server: Server, cast: Cast
    ) -> None:
        now = datetime.now(UTC)
        for expires_at, codes in ((now + timedelta(hours=1), None), (now, 4401)):
            token = await lend(cast.alice, "read", expires_at=expires_at)
            client = await LiveClient.open(server.live_url, headers=token.header)
            if codes is None:
                assert (await client.hear_type("welcome"))["user"]["username"] == "alice"
                await client.close()
            else:
                assert await client.gone() == codes
                assert [(f["type"], f["reconnect_in"]) for f in client.frames] == [("bye", None)]

    async def test_a_session_is_no_token(self, server: Server, cast: Cast) -> None:
        headers = {"Authorization": f"Bearer {cast.alice.token}"}
        client = await LiveClient.open(server.live_url, headers=headers)
        assert await client.gone() == 4401

    @pytest.mark.parametrize("name", ["token", "access_token", "bearer", "authorization"])
    async def test_a_token_in_the_url_is_not_looked_at(self, server: Server, cast: Cast, name: str) -> None:
        token = await lend(cast.alice, "read")
        async with await LiveClient.open(f"{server.live_url}?{name}={token.text}") as nobody:
            assert (await nobody.hear_type("welcome"))["user"] is None
            assert (await nobody.ask("auth", token=token.text))["type"] == "welcome"


class TestInAFrame:
    async def test_it_is_answered_by_a_second_welcome_with_its_id(
        self, program: LiveClient, cast: Cast
    ) -> None:
        first = await program.hear_type("welcome")
        assert first["user"] is None
        second = await program.ask("auth", token=(await lend(cast.alice, "read")).text)
        assert second["user"]["id"] == cast.alice.id
        assert {**second, "user": None} == {**first, "id": second["id"]}
        assert (await program.subscribe(f"user:{cast.alice.id}"))["type"] == "subscribed"

    async def test_once(self, program: LiveClient, cast: Cast) -> None:
        token = await lend(cast.alice, "read")
        assert (await program.ask("auth", token=token.text))["type"] == "welcome"
        for text in (token.text, (await lend(cast.bob, "read")).text, "hub_made_up"):
            answer = await program.ask("auth", token=text)
            assert (answer["type"], answer["code"]) == ("error", "already_authenticated")
        assert (await program.subscribe(f"user:{cast.alice.id}"))["type"] == "subscribed"

    async def test_who_came_in_with_a_token_or_a_cookie_needs_none(self, server: Server, cast: Cast) -> None:
        token = await lend(cast.bob, "read")
        for known in (
            await LiveClient.open(server.live_url, headers=(await lend(cast.alice, "read")).header),
            await LiveClient.open(server.live_url, origin=server.url, token=cast.alice.token),
        ):
            async with known as alice:
                assert (await alice.ask("auth", token=token.text))["code"] == "already_authenticated"
                assert (await alice.subscribe(f"user:{cast.alice.id}"))["type"] == "subscribed"

    @pytest.mark.parametrize("channel", ["posts", "post:999999999"])
    async def test_not_after_a_subscribe(self, program: LiveClient, cast: Cast, channel: str) -> None:
        token = await lend(cast.alice, "read")
        await program.subscribe(channel)
        await program.ask("unsubscribe", channel=channel)
        answer = await program.ask("auth", token=token.text)
        assert (answer["type"], answer["code"]) == ("error", "bad_request")
        assert (await program.subscribe(f"user:{cast.alice.id}"))["code"] == "not_found"

    async def test_a_fetch_before_it_does_no_harm(self, program: LiveClient, cast: Cast) -> None:
        await program.ask("fetch", channel="posts", epoch="x", after=0)
        assert (await program.ask("auth", token=(await lend(cast.alice, "read")).text))["type"] == "welcome"

    @pytest.mark.parametrize("text", BAD, ids=range(len(BAD)))
    async def test_a_bad_one_fails_and_the_socket_stays_nobodys(
        self, program: LiveClient, cast: Cast, text: str
    ) -> None:
        answer = await program.ask("auth", token=text)
        assert (answer["type"], answer["code"]) == ("error", "auth_failed")
        assert (await program.subscribe(f"user:{cast.alice.id}"))["code"] == "not_found"
        assert (await program.subscribe("posts"))["type"] == "subscribed"

    async def test_after_a_bad_one_the_right_one_may_come(self, program: LiveClient, cast: Cast) -> None:
        assert (await program.ask("auth", token="hub_made_up"))["code"] == "auth_failed"
        assert (await program.ask("auth", token=(await lend(cast.alice, "read")).text))["type"] == "welcome"

    async def test_an_expired_or_revoked_one_fails(
        self, program: LiveClient, cast: Cast, database: Engine
    ) -> None:
        expired = await lend(cast.alice, "read", expires_at=datetime.now(UTC))
        revoked = await lend(cast.alice, "read")
        await database.fetch("DELETE FROM api_tokens WHERE id = $1", revoked.id)
        for token in (expired, revoked):
            assert (await program.ask("auth", token=token.text))["code"] == "auth_failed"

    @pytest.mark.parametrize("frame", [{"token": 7}, {"token": None}, {}])
    async def test_what_is_no_text_is_a_bad_request(self, program: LiveClient, frame: dict[str, Any]) -> None:
        assert (await program.ask("auth", **frame))["code"] == "bad_request"

    async def test_without_an_id_it_is_a_bad_request(self, program: LiveClient, cast: Cast) -> None:
        await program.say({"type": "auth", "token": (await lend(cast.alice, "read")).text})
        assert (await program.hear_type("error"))["code"] == "bad_request"
        assert (await program.subscribe(f"user:{cast.alice.id}"))["code"] == "not_found"


class TestTheEnd:
    """What came in by a token goes with it (LIVE.md 3.9)."""

    async def test_3_9_an_expired_token_is_closed_by_itself(
        self, server: Server, cast: Cast, channel: str
    ) -> None:
        soon = await lend(cast.alice, "read", expires_at=datetime.now(UTC) + timedelta(seconds=1.5))
        later = await lend(cast.alice, "read", expires_at=datetime.now(UTC) + timedelta(minutes=10))
        async with (
            await LiveClient.open(server.live_url, headers=soon.header) as leaving,
            await LiveClient.open(server.live_url, headers=later.header) as staying,
        ):
            for client in (leaving, staying):
                await client.subscribe(channel)
            assert await leaving.gone() == 4401
            assert leaving.frames[-1] == {"type": "bye", "reason": "signed_out", "reconnect_in": None}
            await say_silently(channel, 1)
            await staying.hear_events(channel, 1)
            assert not leaving.events[channel]

    async def test_3_9_one_of_a_frame_that_is_revoked_is_closed(
        self, server: Server, cast: Cast, program: LiveClient
    ) -> None:
        token = await lend(cast.alice, "read")
        await program.ask("auth", token=token.text)
        async with await LiveClient.open(server.live_url, headers=token.header) as other:
            await other.hear_type("welcome")
            async with server.client(cast.alice.token) as alice:
                assert (await alice.delete(f"/api/v1/tokens/{token.id}")).status_code == 204
            assert [await client.gone() for client in (program, other)] == [4401, 4401]

    async def test_2_one_too_many_of_a_member_is_closed_when_it_says_whose_it_is(
        self, serve: Any, cast: Cast
    ) -> None:
        small = serve(connections_per_user=1)
        token, bobs = await lend(cast.alice, "read"), await lend(cast.bob, "read")
        async with (
            await LiveClient.open(small.live_url, headers=token.header) as first,
            await LiveClient.open(small.live_url) as second,
            await LiveClient.open(small.live_url) as third,
        ):
            await first.hear_type("welcome")
            await second.say({"type": "auth", "id": 1, "token": token.text})
            assert await second.gone() == 4409
            assert second.frames[-1] == {
                "type": "bye",
                "reason": "too_many_connections",
                "reconnect_in": None,
            }
            assert (await third.ask("auth", token=bobs.text))["type"] == "welcome"
            assert (await first.subscribe("posts"))["type"] == "subscribed"


class TestScopes:
    """`read` is enough for channels, but for the moderators' own; to say that one writes needs `write`."""

    async def answers(self, server: Server, member: Any, *scopes: str) -> dict[str, str]:
        token = await lend(member, *scopes)
        channels = ("posts", f"user:{member.id}", "moderation")
        async with await LiveClient.open(server.live_url, headers=token.header) as client:
            found = {name: await client.subscribe(name) for name in channels}
        return {name.partition(":")[0]: answer.get("code", "ok") for name, answer in found.items()}

    @pytest.mark.parametrize(
        ("who", "scopes", "moderation"),
        [
            ("mona", ("read",), "not_found"),
            ("mona", ("read", "write"), "not_found"),
            ("mona", ("read", "moderate"), "ok"),
            ("ada", ("read",), "not_found"),
            ("ada", ("read", "moderate"), "ok"),
            ("ada", ("read", "admin"), "ok"),
            ("mallory", ("read", "write", "moderate", "admin"), "not_found"),
        ],
    )
    async def test_the_moderators_channel_needs_moderate_and_a_moderator(
        self, server: Server, cast: Cast, who: str, scopes: tuple[str, ...], moderation: str
    ) -> None:
        found = await self.answers(server, getattr(cast, who), *scopes)
        assert found == {"posts": "ok", "user": "ok", "moderation": moderation}

    async def test_without_read_there_is_no_channel(self, server: Server, cast: Cast) -> None:
        found = await self.answers(server, cast.mona, "write", "moderate")
        assert found == dict.fromkeys(("posts", "user", "moderation"), "not_found")
        token = await lend(cast.mona, "write")
        async with await LiveClient.open(server.live_url, headers=token.header) as mona:
            assert (await mona.ask("fetch", channel="posts", epoch="x", after=0))["code"] == "not_found"

    async def test_a_removed_post_is_for_moderators_who_lend_it(
        self, server: Server, cast: Cast, database: Engine, channel: str
    ) -> None:
        await database.fetch(
            "UPDATE posts SET author = $1, removed_at = now(), removed_by = 'author'", cast.bob.id
        )
        answers = []
        for scopes in (("read",), ("read", "moderate")):
            token = await lend(cast.mona, *scopes)
            async with await LiveClient.open(server.live_url, headers=token.header) as mona:
                answers.append((await mona.subscribe(channel))["type"])
        assert answers == ["error", "subscribed"]

    async def test_to_say_that_one_is_writing_needs_write(
        self, server: Server, cast: Cast, channel: str
    ) -> None:
        reading, writing = await lend(cast.alice, "read"), await lend(cast.bob, "read", "write")
        async with (
            await LiveClient.open(server.live_url, headers=reading.header) as alice,
            await LiveClient.open(server.live_url, headers=writing.header) as bob,
        ):
            for client in (alice, bob):
                await client.subscribe(channel)
            await alice.say({"type": "typing", "channel": channel})
            # Answered, so the frame before it was heard.
            await alice.ask("unsubscribe", channel="posts")
            await bob.say({"type": "typing", "channel": channel})
            await alice.hear_type("typing")
        assert [f["user"]["username"] for f in alice.frames if f["type"] == "typing"] == ["bob"]

    async def test_others_see_the_role_that_the_member_has(
        self, server: Server, cast: Cast, channel: str
    ) -> None:
        token = await lend(cast.mona, "read")
        async with await LiveClient.open(server.live_url, headers=token.header) as mona:
            assert (await mona.hear_type("welcome"))["user"]["role"] == "moderator"
            assert (await mona.subscribe("moderation"))["code"] == "not_found"
