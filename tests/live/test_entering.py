"""LIVE.md 2, Who, and 3.9: being let in, and how long it lasts."""

import asyncio
from typing import Any

import pytest
from litestar.datastructures import State

from app.accounts.door import Door
from app.accounts.sessions import close_session
from app.accounts.viewer import Viewer
from app.database.engine import DB
from app.live import broker
from app.live.conversation import Conversation
from app.live.guard import Guard
from app.live.hub import Hub
from tests.cast import Cast, Member
from tests.live_client import LiveClient
from tests.saying import say_silently
from tests.serving import Server
from tests.waiting import eventually

EXPIRES = "UPDATE sessions SET expires_at = now() + make_interval(secs => $2) WHERE id = $1"


class Line:
    """The server's end of a socket whose client says nothing until it is closed."""

    def __init__(self) -> None:
        self.scope: dict[str, Any] = {"extensions": None, "client": ("192.0.2.1", 40_000)}
        self.headers: dict[str, str] = {}
        self.code: int | None = None
        self._closed = asyncio.Event()

    async def send(self, message: dict[str, Any]) -> None:
        if message["type"] == "websocket.close":
            self.code = message["code"]
            self._closed.set()

    async def receive(self) -> dict[str, Any]:
        await self._closed.wait()
        return {"type": "websocket.disconnect"}


class Overtaken(Door):
    """A door at which the session is ended, and that is heard of, while it lets its owner in."""

    def __init__(self, hub: Hub, member: Member) -> None:
        self._hub = hub
        self._member = member

    async def viewer(self, _socket: object) -> Viewer:
        turn = self._hub.doubts.turn
        await close_session(self._member.token)
        await eventually(lambda: self._hub.doubts.turn > turn, "it was heard of")
        await asyncio.sleep(0.05)
        return self._member.viewer


async def test_3_9_a_sign_out_while_one_is_let_in_is_not_missed(
    hub: Hub, publisher: broker.Publisher, cast: Cast
) -> None:
    guard = Guard(hub, Door())
    await guard.start()
    await eventually(lambda: hub.doubts.turn, "the guard has its place in the channel")
    line, state = Line(), State({"hub": hub, "door": Overtaken(hub, cast.alice)})
    connection: Any = line
    conversation = Conversation(line.scope, connection.receive, connection.send, state)
    assert await conversation.begin(connection)
    await eventually(lambda: line.code == 4401, "she is signed out")
    await conversation.hold()
    conversation.end()
    await guard.stop()
    assert not len(hub.connections)


async def expiring(server: Server, member: Member, seconds: float) -> LiveClient:
    await DB.fetch(EXPIRES, member.session_id, seconds)
    client = await LiveClient.open(server.live_url, origin=server.url, token=member.token)
    assert (await client.hear_type("welcome"))["user"]["id"] == member.id
    return client


async def test_3_9_an_expired_session_is_closed_by_itself(server: Server, cast: Cast, channel: str) -> None:
    alice, bob = await expiring(server, cast.alice, 1.5), await expiring(server, cast.bob, 600)
    async with alice, bob:
        for client in (alice, bob):
            await client.subscribe(channel)
        assert await alice.gone() == 4401
        assert alice.frames[-1] == {"type": "bye", "reason": "signed_out", "reconnect_in": None}
        seq = await say_silently(channel, 1)
        assert [event["seq"] for event in await bob.hear_events(channel, 1)] == [seq]
        assert not alice.events[channel]


async def test_3_9_a_session_that_was_prolonged_is_looked_up_and_stays(server: Server, cast: Cast) -> None:
    """The time that counts is the one in the row."""
    prolonged, neighbour = await expiring(server, cast.alice, 1.5), await expiring(server, cast.bob, 1.5)
    async with prolonged, neighbour:
        await DB.fetch(EXPIRES, cast.alice.session_id, 600)
        assert await neighbour.gone() == 4401
        assert (await prolonged.subscribe("posts"))["type"] == "subscribed"


class TestLimits:
    """Connections of one address and of one member, in each process (LIVE.md 2, 4409)."""

    async def refused(self, client: LiveClient) -> None:
        assert await client.gone() == 4409
        assert client.frames == [
            {"type": "bye", "reason": "too_many_connections", "reconnect_in": None},
        ]

    async def test_2_one_too_many_of_an_address_is_refused_until_another_has_gone(self, serve: Any) -> None:
        server = serve(connections_per_address=2)
        first, second = [await LiveClient.open(server.live_url) for _ in range(2)]
        for client in (first, second):
            await client.hear_type("welcome")
        await self.refused(await LiveClient.open(server.live_url))
        async with await LiveClient.open(server.live_url, local_addr=("127.0.0.2", 0)) as neighbour:
            assert (await neighbour.subscribe("posts"))["type"] == "subscribed"
        await first.close()

        async def is_in() -> bool:
            async with await LiveClient.open(server.live_url) as client:
                return bool((await client.hear(lambda _: True, "anything"))["type"] == "welcome")

        await eventually(is_in, "there is room again")
        await second.close()

    async def test_2_one_too_many_of_a_member_is_refused_and_others_are_not(
        self, serve: Any, cast: Cast
    ) -> None:
        server = serve(connections_per_user=2)

        async def enter(member: Member | None) -> LiveClient:
            return await LiveClient.open(
                server.live_url, origin=server.url, token=member.token if member else None
            )

        inside = [await enter(cast.alice), await enter(cast.alice), await enter(cast.bob), await enter(None)]
        for client in inside:
            await client.hear_type("welcome")
        await self.refused(await enter(cast.alice))
        for client in inside:
            await client.close()

    @pytest.mark.parametrize(("proxies", "limited"), [("127.0.0.1", False), ("", True)])
    async def test_2_only_a_configured_proxy_is_believed_about_the_address(
        self, serve: Any, proxies: str, limited: bool
    ) -> None:
        server = serve(connections_per_address=1, trusted_proxies=proxies)
        clients = [
            await LiveClient.open(server.live_url, headers={"X-Forwarded-For": f"203.0.113.{number}"})
            for number in (1, 2)
        ]
        await clients[0].hear_type("welcome")
        if limited:
            await self.refused(clients[1])
        else:
            await clients[1].hear_type("welcome")
            again = {"X-Forwarded-For": "203.0.113.2"}
            await self.refused(await LiveClient.open(server.live_url, headers=again))
        for client in clients:
            await client.close()
