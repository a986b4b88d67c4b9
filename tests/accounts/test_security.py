"""Password, address, and the list of sessions."""

import asyncio
from collections.abc import Callable

import httpx
import pytest

from app.database.engine import Engine
from tests.cast import PASSWORD, Cast, Member
from tests.waiting import eventually

Clients = Callable[[Member], httpx.AsyncClient]

NEW = "another long pass phrase"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


async def sign_in(client: httpx.AsyncClient, member: Member, password: str = PASSWORD) -> httpx.Response:
    credentials = {"email": member.email, "password": password}
    return await client.post("/api/v1/session", json=credentials, headers={"User-Agent": FIREFOX})


def codes(answer: httpx.Response) -> list[tuple[str | None, str]]:
    return [(error["field"], error["code"]) for error in answer.json()["errors"]]


async def is_in(client: httpx.AsyncClient) -> bool:
    return (await client.get("/api/v1/me")).status_code == 200


async def test_a_new_password_ends_all_other_sessions(
    cast: Cast, as_: Clients, client: httpx.AsyncClient
) -> None:
    alice = as_(cast.alice)
    await sign_in(client, cast.alice)
    assert await is_in(client)
    answer = await alice.put("/api/v1/me/password", json={"current": PASSWORD, "password": NEW})
    assert (answer.status_code, answer.json()) == (200, {"success": True, "data": None})
    assert await is_in(alice)
    assert not await is_in(client)
    assert await is_in(as_(cast.bob))
    client.cookies.clear()
    assert (await sign_in(client, cast.alice)).status_code == 401
    assert (await sign_in(client, cast.alice, NEW)).status_code == 200


@pytest.mark.parametrize(
    ("change", "errors"),
    [
        ({"current": "wrong", "password": NEW}, [("current", "invalid")]),
        ({"current": "wrong", "password": "password"}, [("current", "invalid"), ("password", "common")]),
        ({"current": PASSWORD, "password": "short"}, [("password", "too_short")]),
        ({"current": PASSWORD, "password": "x" * 201}, [("password", "too_long")]),
        ({"password": NEW}, [("current", "required")]),
    ],
)
async def test_a_password_that_cannot_be_taken_changes_nothing(
    cast: Cast, as_: Clients, client: httpx.AsyncClient, change: dict[str, str],
    errors: list[tuple[str | None, str]],
) -> None:  # fmt: skip
    await sign_in(client, cast.alice)
    answer = await as_(cast.alice).put("/api/v1/me/password", json=change)
    assert (answer.status_code, codes(answer)) == (422, errors)
    assert await is_in(client)


async def test_of_two_new_passwords_at_once_one_is_refused(cast: Cast, as_: Clients) -> None:
    alice = as_(cast.alice)
    changes = [{"current": PASSWORD, "password": f"{NEW} {number}"} for number in range(4)]
    answers = await asyncio.gather(*(alice.put("/api/v1/me/password", json=change) for change in changes))
    assert sorted(answer.status_code for answer in answers) == [200, 422, 422, 422]


@pytest.mark.parametrize(
    ("password", "email", "errors"),
    [
        ("wrong", "new@example.org", [("password", "invalid")]),
        (PASSWORD, "BOB@example.org", [("email", "taken")]),
        (PASSWORD, "no address", [("email", "invalid")]),
        (PASSWORD, "", [("email", "required")]),
    ],
)
async def test_an_address_that_cannot_be_taken_changes_nothing(
    cast: Cast, as_: Clients, password: str, email: str, errors: list[tuple[str | None, str]]
) -> None:
    alice = as_(cast.alice)
    answer = await alice.put("/api/v1/me/email", json={"password": password, "email": email})
    assert (answer.status_code, codes(answer)) == (422, errors)
    assert (await alice.get("/api/v1/me")).json()["data"]["email"] == "alice@example.org"


async def test_somebody_with_the_wrong_password_is_not_told_which_addresses_are_taken(
    cast: Cast, as_: Clients
) -> None:
    answer = await as_(cast.mallory).put(
        "/api/v1/me/email", json={"password": "wrong", "email": "bob@example.org"}
    )
    assert codes(answer) == [("password", "invalid")]


async def test_the_list_shows_ones_own_sessions_and_no_token(
    database: Engine, cast: Cast, as_: Clients, client: httpx.AsyncClient
) -> None:
    await sign_in(client, cast.alice)
    await database.fetch(
        """INSERT INTO sessions ("user", token_hash, expires_at) VALUES ($1, sha256('old'), now())""",
        cast.alice.id,
    )
    answer = await client.get("/api/v1/sessions")
    assert answer.status_code == 200
    first, second = answer.json()["data"]
    assert first.keys() == {"id", "current", "device", "address", "created_at", "last_used_at"}
    assert (first["current"], first["device"], first["address"]) == (True, "Firefox on Linux", "127.0.0.1")
    assert (second["current"], second["id"]) == (False, cast.alice.session_id)


async def test_one_session_can_be_ended_twice(cast: Cast, as_: Clients, client: httpx.AsyncClient) -> None:
    await sign_in(client, cast.alice)
    for _ in range(2):
        answer = await client.delete(f"/api/v1/sessions/{cast.alice.session_id}")
        assert (answer.status_code, answer.content) == (204, b"")
    assert not await is_in(as_(cast.alice))
    assert await is_in(client)


async def test_to_end_the_session_that_asks_is_to_sign_out(cast: Cast, as_: Clients) -> None:
    alice = as_(cast.alice)
    answer = await alice.delete(f"/api/v1/sessions/{cast.alice.session_id}")
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert not await is_in(as_(cast.alice))


async def test_mallory_cannot_end_a_session_of_alice(
    cast: Cast, as_: Clients, client: httpx.AsyncClient
) -> None:
    assert await is_in(as_(cast.alice))
    path = f"/api/v1/sessions/{cast.alice.session_id}"
    assert (await as_(cast.mallory).delete(path)).status_code == 404
    assert (await as_(cast.ada).delete(path)).status_code == 404
    assert (await client.delete(path)).status_code == 401
    assert await is_in(as_(cast.alice))


async def test_all_others_can_be_ended_at_once(cast: Cast, as_: Clients, client: httpx.AsyncClient) -> None:
    await sign_in(client, cast.alice)
    for _ in range(2):
        assert (await client.delete("/api/v1/sessions")).status_code == 204
    assert await is_in(client)
    assert not await is_in(as_(cast.alice))
    assert await is_in(as_(cast.bob))


async def test_all_of_this_needs_a_sign_in(cast: Cast, client: httpx.AsyncClient) -> None:
    answers = [
        await client.put("/api/v1/me/password", json={"current": PASSWORD, "password": NEW}),
        await client.put("/api/v1/me/email", json={"password": PASSWORD, "email": "x@example.org"}),
        await client.get("/api/v1/sessions"),
        await client.delete("/api/v1/sessions"),
    ]
    assert [answer.status_code for answer in answers] == [401] * 4


async def test_a_sign_in_that_was_checked_against_the_old_password_opens_no_session(
    database: Engine, cast: Cast, client: httpx.AsyncClient
) -> None:
    async with database.transaction():
        await database.fetch("UPDATE users SET password = password || ' ' WHERE id = $1", cast.alice.id)
        attempt = asyncio.create_task(sign_in(client, cast.alice))
        await waits_for_a_lock(database)
    assert (await attempt).status_code == 401


async def waits_for_a_lock(database: Engine) -> None:
    await eventually(
        lambda: database.fetch("SELECT FROM pg_locks WHERE NOT granted"), "somebody who waits for a lock"
    )
