"""Personal access tokens: made, listed, revoked, and by whom."""

import asyncio
import hashlib
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from app.accounts.jobs import prune_tokens
from app.database.engine import Engine
from tests.api import BASE, fields, refused, shown
from tests.cast import Cast, Member
from tests.tokens import lend

Clients = Callable[[Member], httpx.AsyncClient]

NEW = {"name": "My reader", "scopes": ["read"]}
TOKENS = f"{BASE}/tokens"


def in_days(days: float) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).isoformat()


async def make(client: httpx.AsyncClient, **more: Any) -> dict[str, Any]:
    made: dict[str, Any] = shown(await client.post(TOKENS, json={**NEW, **more}), 201)
    return made


async def test_only_the_answer_that_makes_it_has_the_token(
    cast: Cast, as_: Clients, database: Engine
) -> None:
    alice = as_(cast.alice)
    answer = await alice.post(TOKENS, json={**NEW, "expires_at": in_days(30)})
    made = shown(answer, 201)
    assert answer.headers["cache-control"] == "no-store"
    assert made.keys() == {"id", "name", "scopes", "created_at", "last_used_at", "expires_at", "token"}
    assert re.fullmatch(r"hub_[A-Za-z0-9_-]{43}", made["token"])
    assert (made["name"], made["scopes"], made["last_used_at"]) == ("My reader", ["read"], None)
    token = made.pop("token")
    listed = await alice.get(TOKENS)
    assert shown(listed) == [made]
    assert token not in listed.text
    rows = await database.fetch("SELECT api_tokens.*, api_tokens::text AS whole FROM api_tokens")
    assert [row["token_hash"] for row in rows] == [hashlib.sha256(token.encode()).digest()]
    assert token[4:] not in rows[0]["whole"]


async def test_the_newest_comes_first_and_one_may_last_for_ever(cast: Cast, as_: Clients) -> None:
    alice = as_(cast.alice)
    for name in ("one", " two "):
        assert (await make(alice, name=name))["expires_at"] is None
    assert [token["name"] for token in shown(await alice.get(TOKENS))] == ["two", "one"]
    assert shown(await as_(cast.bob).get(TOKENS)) == []


async def test_scopes_are_kept_once_and_in_order(cast: Cast, as_: Clients) -> None:
    made = await make(as_(cast.ada), scopes=["admin", "write", "read", "write", "moderate"])
    assert made["scopes"] == ["read", "write", "moderate", "admin"]


@pytest.mark.parametrize(
    ("wrong", "errors"),
    [
        ({}, {"name": "required", "scopes": "required"}),
        ({"name": "", "scopes": []}, {"name": "required", "scopes": "required"}),
        (
            {"name": " \n", "scopes": ["all"], "expires_at": "2020-01-01T00:00:00Z"},
            {"name": "required", "scopes": "not_a_choice", "expires_at": "out_of_range"},
        ),
        (
            {"name": "x" * 81, "scopes": ["read", "READ"], "expires_at": "soon"},
            {"name": "too_long", "scopes": "not_a_choice", "expires_at": "invalid"},
        ),
        (
            {"name": 1, "scopes": "read", "expires_at": "2099-01-01T00:00:00"},
            {"name": "invalid", "scopes": "invalid", "expires_at": "invalid"},
        ),
        ({**NEW, "expires_at": "9999-12-31T23:59:59-23:59"}, {"expires_at": "out_of_range"}),
        ({**NEW, "expires_at": 1900000000}, {"expires_at": "invalid"}),
        ({**NEW, "name": "a\0b"}, {"name": "invalid"}),
    ],
)
async def test_everything_that_is_wrong_is_told_at_once(
    cast: Cast, as_: Clients, wrong: dict[str, Any], errors: dict[str, str]
) -> None:
    alice = as_(cast.alice)
    answer = await alice.post(TOKENS, json=wrong)
    assert fields(refused(answer, 422, *errors.values())) == errors
    assert shown(await alice.get(TOKENS)) == []
    assert await make(alice)


@pytest.mark.parametrize("field", ["id", "token", "user", "created_at", "last_used_at"])
async def test_nothing_else_can_be_set(cast: Cast, as_: Clients, field: str) -> None:
    answer = await as_(cast.alice).post(TOKENS, json={**NEW, field: "x"})
    assert fields(refused(answer, 400, "unknown_field")) == {field: "unknown_field"}


@pytest.mark.parametrize(
    ("scope", "lenders"), [("moderate", {"mona", "ada"}), ("admin", {"ada"}), ("write", {"alice", "mona", "ada"})]
)  # fmt: skip
async def test_one_can_only_lend_what_one_has(
    cast: Cast, as_: Clients, scope: str, lenders: set[str]
) -> None:
    for name in ("alice", "mona", "ada"):
        answer = await as_(getattr(cast, name)).post(TOKENS, json={**NEW, "scopes": ["read", scope]})
        if name in lenders:
            assert shown(answer, 201)["scopes"] == ["read", scope]
        else:
            assert fields(refused(answer, 422, "not_a_choice")) == {"scopes": "not_a_choice"}


async def test_nobody_in_particular_has_none(client: httpx.AsyncClient, cast: Cast) -> None:
    refused(await client.get(TOKENS), 401, "unauthenticated")
    refused(await client.post(TOKENS, json=NEW), 401, "unauthenticated")
    refused(await client.delete(f"{TOKENS}/1"), 401, "unauthenticated")


async def test_a_revoked_one_is_no_token_and_stays_so(
    cast: Cast, as_: Clients, client: httpx.AsyncClient
) -> None:
    alice = as_(cast.alice)
    made, other = await make(alice), await make(alice)
    bearer = {"Authorization": f"Bearer {made['token']}"}
    assert shown(await client.get(f"{BASE}/me", headers=bearer))["username"] == "alice"
    for _ in range(2):
        answer = await alice.delete(f"{TOKENS}/{made['id']}")
        assert (answer.status_code, answer.content) == (204, b"")
        refused(await client.get(f"{BASE}/me", headers=bearer), 401, "invalid_token")
    assert [token["id"] for token in shown(await alice.get(TOKENS))] == [other["id"]]


async def test_anothers_is_not_there_even_for_an_admin(
    cast: Cast, as_: Clients, client: httpx.AsyncClient
) -> None:
    made = await make(as_(cast.alice))
    for outsider in (cast.mallory, cast.ada):
        refused(await as_(outsider).delete(f"{TOKENS}/{made['id']}"), 404, "not_found")
    bearer = {"Authorization": f"Bearer {made['token']}"}
    assert shown(await client.get(f"{BASE}/me", headers=bearer))["username"] == "alice"
    assert (await as_(cast.alice).delete(f"{TOKENS}/{made['id']}")).status_code == 204


async def test_at_most_fifty_and_of_two_at_once_one_is_refused(
    cast: Cast, as_: Clients, database: Engine
) -> None:
    alice = as_(cast.alice)
    for _ in range(49):
        await lend(cast.alice, "read")
    answers = await asyncio.gather(*(alice.post(TOKENS, json=NEW) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    refused(await alice.post(TOKENS, json=NEW), 409, "conflict")
    assert await make(as_(cast.bob)), "others have their own"
    tokens = shown(await alice.get(TOKENS))
    assert len(tokens) == 50
    await alice.delete(f"{TOKENS}/{tokens[0]['id']}")
    assert await make(alice)


async def test_expired_ones_are_shown_for_a_month(cast: Cast, as_: Clients) -> None:
    now = datetime.now(UTC)
    for days in (-31, -29, 1):
        await lend(cast.alice, "read", expires_at=now + timedelta(days=days))
    kept = await lend(cast.alice, "read")
    await prune_tokens()
    tokens = shown(await as_(cast.alice).get(TOKENS))
    assert tokens[0]["id"] == kept.id
    assert len(tokens) == 3


async def test_a_member_who_goes_takes_them_along(
    cast: Cast, client: httpx.AsyncClient, database: Engine
) -> None:
    token = await lend(cast.alice, "read")
    await database.fetch("DELETE FROM users WHERE id = $1", cast.alice.id)
    refused(await client.get(f"{BASE}/me", headers=token.header), 401, "invalid_token")
