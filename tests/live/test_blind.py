"""LIVE.md 4.7: a process that has been blind for 10 s ends all that not everybody may read, with 1012."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.live_client import LiveClient
from tests.own_postgres import OwnPostgres

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
SAY = """
WITH moved AS (UPDATE channels SET seq = seq + 1 WHERE name = $1 RETURNING name, seq)
INSERT INTO events (channel, seq, kind, subject, data) SELECT name, seq, 'test.said', 'post:1', '{}' FROM moved
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
