"""The page of one's tokens, by its forms."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from app.database.engine import Engine
from tests.api import BASE, shown
from tests.cast import Cast, Member
from tests.tokens import lend

Clients = Callable[[Member], httpx.AsyncClient]

PAGE = "/settings/tokens"
COOKIE = "hubbub_new_token"
NEW: dict[str, Any] = {"name": "My reader", "scopes": ["read", "write"], "expires_at": ""}


def tokens_in(page: httpx.Response) -> list[str]:
    return re.findall(r"hub_[A-Za-z0-9_-]{43}", page.text)


async def listed(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = shown(await client.get(f"{BASE}/tokens"))
    return found


async def test_a_new_one_is_seen_once(cast: Cast, as_: Clients, client: httpx.AsyncClient) -> None:
    alice = as_(cast.alice)
    assert "You have none." in (await alice.get(PAGE)).text
    answer = await alice.post(PAGE, data=NEW)
    assert (answer.status_code, answer.headers["location"]) == (303, PAGE)
    assert answer.text == ""
    page = await alice.get(PAGE)
    assert "My reader is ready" in page.text
    assert page.headers["cache-control"] == "no-store"
    (token,) = tokens_in(page)
    bearer = {"Authorization": f"Bearer {token}"}
    assert shown(await client.get(f"{BASE}/me", headers=bearer))["username"] == "alice"
    for again in (await alice.get(PAGE), await as_(cast.alice).get(PAGE)):
        assert tokens_in(again) == []
        assert "My reader" in again.text
    assert [(token["name"], token["scopes"]) for token in await listed(alice)] == [
        ("My reader", ["read", "write"])
    ]


async def test_on_its_way_it_is_in_a_cookie_for_that_page_alone(cast: Cast, as_: Clients) -> None:
    alice = as_(cast.alice)
    cookie = (await alice.post(PAGE, data=NEW)).headers["set-cookie"]
    assert {part.strip() for part in cookie.split(";")[1:]} == {
        "HttpOnly", "Max-Age=60", f"Path={PAGE}", "SameSite=strict",
    }  # fmt: skip
    assert "Max-Age=0" in (await alice.get(PAGE)).headers["set-cookie"]


async def test_what_mallory_puts_there_is_not_shown_as_ones_own(
    cast: Cast, as_: Clients, database: Engine
) -> None:
    alice = as_(cast.alice)
    theirs, old, own = (
        await lend(cast.mallory, "read"),
        await lend(cast.alice, "read"),
        await lend(cast.alice, "read"),
    )
    await database.fetch(
        "UPDATE api_tokens SET created_at = now() - interval '6 minutes' WHERE id = $1", old.id
    )
    for text in (theirs.text, old.text, "hub_made_up", "<b>"):
        page = await alice.get(
            PAGE, headers={"Cookie": f"hubbub_session={cast.alice.token}; {COOKIE}={text}"}
        )
        assert (page.status_code, tokens_in(page), "is ready" in page.text) == (200, [], False)
    page = await alice.get(
        PAGE, headers={"Cookie": f"hubbub_session={cast.alice.token}; {COOKIE}={own.text}"}
    )
    assert tokens_in(page) == [own.text]


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"name": ""}, "This cannot be left empty."),
        ({"name": "x" * 81}, "Use at most 80 characters."),
        ({"scopes": []}, "This cannot be left empty."),
        ({"scopes": ["write", "king"]}, "This is not one of the choices."),
        ({"scopes": ["write", "admin"]}, "You can only lend what you have yourself."),
        ({"expires_at": "2020-01-01T00:00:00.000Z"}, "Choose a time that is still to come."),
    ],
)
async def test_what_cannot_be_taken_is_said_and_every_word_kept(
    cast: Cast, as_: Clients, form: dict[str, Any], sentence: str
) -> None:
    alice = as_(cast.alice)
    sent = {"name": "My reader", "scopes": ["write"], "expires_at": "2999-01-01T00:00:00.000Z", **form}
    answer = await alice.post(PAGE, data=sent)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert f'name="name" type="text" autocomplete="off" value="{sent["name"]}"' in answer.text
    assert f'<option value="{sent["expires_at"]}" selected>' in answer.text
    assert ('value="write" checked' in answer.text) is ("write" in sent["scopes"])
    assert 'value="read" checked' not in answer.text
    assert await listed(alice) == []


async def test_the_end_that_is_chosen_is_the_end(cast: Cast, as_: Clients) -> None:
    alice = as_(cast.alice)
    offered = re.findall(r'<option value="([^"]*)"', (await alice.get(PAGE)).text)
    assert len(offered) == 5
    for end in offered:
        assert (await alice.post(PAGE, data={**NEW, "expires_at": end})).status_code == 303
    assert [token["expires_at"] or "" for token in reversed(await listed(alice))] == offered


async def test_one_is_offered_what_one_can_lend(cast: Cast, as_: Clients) -> None:
    offered = {
        member.username: re.findall(r'name="scopes" value="(\w+)"', (await as_(member).get(PAGE)).text)
        for member in (cast.alice, cast.mona, cast.ada)
    }
    assert offered == {
        "alice": ["read", "write"],
        "mona": ["read", "write", "moderate"],
        "ada": ["read", "write", "moderate", "admin"],
    }


async def test_to_revoke_one(cast: Cast, as_: Clients, client: httpx.AsyncClient) -> None:
    token, alice = await lend(cast.alice, "read"), as_(cast.alice)
    assert (await as_(cast.mallory).post(f"{PAGE}/{token.id}/removal")).status_code == 404
    assert shown(await client.get(f"{BASE}/me", headers=token.header))["username"] == "alice"
    answer = await alice.post(f"{PAGE}/{token.id}/removal")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PAGE}?saved=no-token")
    assert "That token is revoked" in (await alice.get(answer.headers["location"])).text
    assert (await client.get(f"{BASE}/me", headers=token.header)).status_code == 401


async def test_the_list_says_how_each_stands(cast: Cast, as_: Clients, client: httpx.AsyncClient) -> None:
    used = await lend(cast.alice, "read", "write")
    await lend(cast.alice, "read", expires_at=datetime(2999, 5, 4, tzinfo=UTC))
    await lend(cast.alice, "read", expires_at=datetime.now(UTC) - timedelta(days=2))
    await lend(cast.bob, "read", expires_at=datetime(2888, 5, 4, tzinfo=UTC))
    await client.get(f"{BASE}/me", headers=used.header)
    page = (await as_(cast.alice).get(PAGE)).text
    expired, lasting, endless = page.split('<li class="session')[1:]
    assert "Expired on" in expired
    assert "Until 4 May 2999" in lasting
    assert "not used yet" in lasting
    assert "Without end" in endless
    assert "last used" in endless
    assert "2888" not in page


async def test_who_has_fifty_is_told_and_keeps_the_words(cast: Cast, as_: Clients) -> None:
    for _ in range(50):
        await lend(cast.alice, "read")
    answer = await as_(cast.alice).post(PAGE, data=NEW)
    assert answer.status_code == 422
    assert "You have 50 tokens" in answer.text
    assert 'value="My reader"' in answer.text
