"""LIVE.md 4.7: a process that has been blind for 10 s ends all that not everybody may read, with 1012."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.api import refused, shown
from tests.live_client import LiveClient
from tests.own_postgres import OwnPostgres
from tests.saying import KIND
from tests.serving import Server
from tests.stream_client import StreamClient, address
from tests.waiting import eventually

SOMEBODY = """
WITH person AS (
    INSERT INTO users (username, email, password, role)
    VALUES ($1::text, $1::text || '@example.org', '-', $2) RETURNING id
)
INSERT INTO sessions ("user", token_hash, expires_at) SELECT id, $3, now() + interval '1 day' FROM person
RETURNING "user"
"""
POST = """
WITH post AS (
    INSERT INTO posts (author, title, body, body_html, excerpt, removed_at, removed_by)
    VALUES ($1, 'A title', 'Words', '', '', CASE WHEN $2::boolean THEN now() END, CASE WHEN $2 THEN 'author' END)
    RETURNING id
)
INSERT INTO channels (name) SELECT 'post:' || id FROM post RETURNING name
"""
SAY = f"""
WITH moved AS (UPDATE channels SET seq = seq + 1 WHERE name = $1 RETURNING name, seq)
INSERT INTO events (channel, seq, kind, subject, data) SELECT name, seq, '{KIND}', 'post:1', '{{}}' FROM moved
"""


@pytest.fixture
async def own(new_folder: Path) -> AsyncIterator[OwnPostgres]:
    server = OwnPostgres(new_folder)
    await server.migrate()
    yield server
    server.close()


async def enter(own: OwnPostgres, username: str, role: str) -> int:
    hashed = hashlib.sha256(username.encode()).digest()
    number: int = (await own.fetch(SOMEBODY, username, role, hashed))[0][0]
    return number


class WithoutSocket:
    """One stream and one waiting poll of one reader."""

    def __init__(self, client: httpx.AsyncClient, stream: StreamClient, channel: str) -> None:
        self.client = client
        self.stream = stream
        self.channel = channel
        self.polling: asyncio.Task[httpx.Response] | None = None

    async def begin(self) -> None:
        """The poll is surely under way when one that was sent after it has come to its end."""
        await self.stream.placed()
        self.polling = asyncio.create_task(self._wait(25))
        await self._wait(1)

    async def is_over(self) -> None:
        """Both end, with nothing but the truth about how old it is; while it is blind nobody gets in again."""
        assert self.polling is not None
        await self.stream.is_over()
        answer = await self.polling
        assert shown(answer)["events"] == self.stream.events == []
        assert answer.json()["meta"]["checked_ms"] > 8000
        refused(await self._wait(0), 503, "unavailable")

    async def _wait(self, seconds: int) -> httpx.Response:
        epoch, seq = self.stream.position
        query: dict[str, Any] = {"epoch": epoch, "after": seq, "wait": seconds}
        return await self.client.get(address(self.channel), params=query)


@asynccontextmanager
async def without_socket(server: Server, token: str | None, channel: str) -> AsyncIterator[WithoutSocket]:
    async with server.client(token) as client, StreamClient.open(client, channel) as stream:
        yield WithoutSocket(client, stream, channel)


async def test_4_7_blind_for_ten_seconds_without_a_socket(own: OwnPostgres, serve: Any) -> None:
    alice = await enter(own, "alice", "member")
    await enter(own, "mona", "moderator")
    public, removed = [(await own.fetch(POST, alice, gone))[0][0] for gone in (False, True)]
    server = serve(database_url=own.url)
    async with (
        without_socket(server, "mona", "moderation") as mona,
        without_socket(server, "alice", removed) as author,
        without_socket(server, None, public) as stranger,
    ):
        await asyncio.gather(mona.begin(), author.begin(), stranger.stream.placed())
        own.pause()
        await asyncio.gather(mona.is_over(), author.is_over())
        assert not stranger.stream.ended
        own.resume()
        await own.fetch(SAY, public)
        await stranger.stream.hears(1, 30)
        assert not stranger.stream.ended

        async def lets_in() -> bool:
            return (await mona.client.get(address("moderation"))).status_code == 200

        await eventually(lets_in, "it promises private things again", 30)


async def test_4_7_blind_for_ten_seconds(own: OwnPostgres, serve: Any) -> None:
    alice = await enter(own, "alice", "member")
    await enter(own, "mona", "moderator")
    public, removed = [(await own.fetch(POST, alice, gone))[0][0] for gone in (False, True)]
    server = serve(database_url=own.url)

    async def connect(token: str | None, *channels: str) -> LiveClient:
        client = await LiveClient.open(server.live_url, origin=server.url, token=token)
        for channel in channels:
            assert (await client.subscribe(channel))["type"] == "subscribed"
        return client

    private = [
        await connect("mona", "posts", "moderation"),
        await connect("alice", removed),
    ]
    staying = [await connect("alice", "posts", public), await connect(None, "posts", public)]
    own.pause()
    for client in private:
        assert await client.gone(patience=30) == 1012
        bye = client.frames[-1]
        assert (bye["type"], bye["reason"]) == ("bye", "unavailable")
        assert bye["reconnect_in"]
        pings = [frame for frame in client.frames if frame["type"] == "ping"]
        assert pings[-1]["checked_ms"] > 8000, "not a second too early"
    for client in staying:
        await client.hear(lambda f: f["type"] == "ping" and f["checked_ms"] > 13_000, "a blind ping", 30)
        assert client.close_code is None
    own.resume()
    again = await connect("mona")
    async with asyncio.timeout(30):
        # Until the process has seen what was revoked meanwhile, it promises nothing private.
        while (answer := await again.subscribe("moderation"))["type"] == "error":
            assert answer["code"] == "unavailable"
            await asyncio.sleep(answer["retry_after_ms"] / 1000)
    for channel in ("moderation", public):
        await own.fetch(SAY, channel)
    await again.hear_events("moderation", 1)
    for client in staying:
        await client.hear_events(public, 1)
        await client.close()
    await again.close()
