"""The users of the API: who finds whom, and who changes what."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from app.database.engine import DB, Engine
from tests.cast import Cast, Member, enter
from tests.counting import counting

Clients = Callable[[Member], httpx.AsyncClient]

PUBLIC = {
    "id", "username", "name", "role", "avatar_url", "posts_count", "comments_count", "created_at", "profile",
}  # fmt: skip
OWN = {"email", "activated_at", "onboarding_completed_at"}


async def codes(answer: httpx.Response) -> list[tuple[str | None, str]]:
    return [(error["field"], error["code"]) for error in answer.json()["errors"]]


async def names(client: httpx.AsyncClient, **params: Any) -> list[str]:
    answer = await client.get("/api/v1/users", params=params)
    assert answer.status_code == 200
    return [user["username"] for user in answer.json()["data"]]


async def test_anybody_may_read_one_user_but_not_their_address(cast: Cast, client: httpx.AsyncClient) -> None:
    answer = await client.get(f"/api/v1/users/{cast.alice.id}")
    assert answer.status_code == 200
    assert answer.json()["data"].keys() == PUBLIC
    assert answer.json()["data"]["profile"] == {"display_name": "Alice", "bio": None, "bio_html": None}


async def test_oneself_and_admins_see_more(cast: Cast, as_: Clients) -> None:
    own = (await as_(cast.alice).get(f"/api/v1/users/{cast.alice.id}")).json()["data"]
    assert own.keys() == PUBLIC | OWN
    assert own["email"] == "alice@example.org"
    of_admin = (await as_(cast.ada).get(f"/api/v1/users/{cast.alice.id}")).json()["data"]
    assert of_admin.keys() == PUBLIC | OWN | {"admin_notes"}
    for other in (cast.mallory, cast.mona):
        assert (await as_(other).get(f"/api/v1/users/{cast.alice.id}")).json()["data"].keys() == PUBLIC


async def test_nobody_is_not_found(cast: Cast, as_: Clients) -> None:
    for path in ("/api/v1/users/999999", "/api/v1/users/0", f"/api/v1/users/{2**70}"):
        assert (await as_(cast.alice).get(path)).status_code == 404


async def test_a_search_needs_a_sign_in(cast: Cast, client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/users", params={"q": "alice"})
    assert answer.status_code == 401
    assert await codes(answer) == [(None, "unauthenticated")]


async def test_a_blank_search_finds_nobody(cast: Cast, as_: Clients) -> None:
    alice = as_(cast.alice)
    for params in ({}, {"q": ""}, {"q": "  \t"}, {"role": "admin"}):
        answer = await alice.get("/api/v1/users", params=params)
        assert answer.json()["data"] == []
        assert answer.json()["meta"] == {"page": 1, "per_page": 20, "total": 0, "pages": 0}


async def test_a_search_looks_into_names_and_usernames_in_any_case(cast: Cast, as_: Clients) -> None:
    await DB.fetch("UPDATE profiles SET display_name = 'Roberta' WHERE \"user\" = $1", cast.bob.id)
    alice = as_(cast.alice)
    assert await names(alice, q="ALI") == ["alice"]
    assert await names(alice, q="bert") == ["bob"]
    assert await names(alice, q="Bob") == ["bob"]
    assert await names(alice, q="nobody") == []


@pytest.mark.parametrize("sign", ["%", "_", "\\"])
async def test_a_search_takes_signs_to_the_letter(cast: Cast, as_: Clients, sign: str) -> None:
    await DB.fetch('UPDATE profiles SET display_name = $2 WHERE "user" = $1', cast.bob.id, f"a{sign}b")
    alice = as_(cast.alice)
    assert len(await names(alice, q="a")) > 1
    assert await names(alice, q=sign) == ["bob"]
    assert await names(alice, q=f"A{sign}B") == ["bob"]
    assert await names(alice, q=f"a{sign}{sign}b") == []


async def test_the_very_name_comes_first_and_then_those_that_begin_so(cast: Cast, as_: Clients) -> None:
    for name in ("abob", "bobby"):
        await enter(name)
    assert await names(as_(cast.alice), q="bob") == ["bob", "bobby", "abob"]


async def test_a_search_may_ask_for_a_role(cast: Cast, as_: Clients) -> None:
    alice = as_(cast.alice)
    assert await names(alice, q="a", role="admin") == ["ada"]
    assert await names(alice, q="mona", role="member") == []
    wrong = await alice.get("/api/v1/users", params={"q": "a", "role": "king"})
    assert (wrong.status_code, await codes(wrong)) == (422, [("role", "not_a_choice")])


async def test_a_search_has_pages(cast: Cast, as_: Clients) -> None:
    alice = as_(cast.alice)
    everybody = await names(alice, q="a")
    assert len(everybody) == 4
    assert [await names(alice, q="a", page=n, per_page=3) for n in (1, 2, 3)] == [
        everybody[:3], everybody[3:], []
    ]  # fmt: skip
    meta = (await alice.get("/api/v1/users", params={"q": "a", "per_page": 3})).json()["meta"]
    assert meta == {"page": 1, "per_page": 3, "total": 4, "pages": 2}


async def test_a_search_takes_two_queries_however_many_it_finds(cast: Cast) -> None:
    from app.accounts.profiles.queries import search_users  # noqa: PLC0415  # after the settings are made

    async def cost() -> int:
        with counting() as statements:
            await search_users(cast.alice.viewer, "a", None, 1, 100)
        return len(statements)

    before = await cost()
    for number in range(10):
        await enter(f"anna{number}")
    assert (before, await cost()) == (2, 2)


async def test_a_member_changes_name_and_bio(cast: Cast, as_: Clients) -> None:
    change = {"name": " Alice Liddell ", "profile": {"bio": "Through the **glass**.<script>x</script>"}}
    answer = await as_(cast.alice).patch(f"/api/v1/users/{cast.alice.id}", json=change)
    assert answer.status_code == 200
    user = answer.json()["data"]
    assert user["name"] == user["profile"]["display_name"] == "Alice Liddell"
    assert user["profile"]["bio"] == change["profile"]["bio"]  # type: ignore[index]
    assert "<strong>glass</strong>" in user["profile"]["bio_html"]
    assert "<script" not in user["profile"]["bio_html"]
    assert user["email"] == "alice@example.org"


async def test_what_is_left_out_stays_and_null_clears(cast: Cast, as_: Clients) -> None:
    alice, path = as_(cast.alice), f"/api/v1/users/{cast.alice.id}"
    await alice.patch(path, json={"profile": {"bio": "Hello.", "display_name": "Al"}})
    kept = (await alice.patch(path, json={"profile": {}})).json()["data"]
    assert (kept["name"], kept["profile"]["bio"]) == ("Al", "Hello.")
    assert (await alice.patch(path, json={})).json()["data"] == kept
    cleared = (await alice.patch(path, json={"profile": {"bio": None, "display_name": None}})).json()["data"]
    assert cleared["name"] == "alice"
    assert cleared["profile"] == {"display_name": None, "bio": None, "bio_html": None}


FORBIDDEN_FIELDS: list[tuple[dict[str, Any], list[str]]] = [
    ({"role": "admin"}, ["role"]),
    ({"email": "mallory@example.org"}, ["email"]),
    ({"name": "M", "activated_at": "2026-01-01T00:00:00Z", "posts_count": 99}, ["activated_at", "posts_count"]),
    ({"username": "alice2", "id": 1, "password": "x"}, ["id", "password", "username"]),
    ({"admin_notes": "a fine fellow"}, ["admin_notes"]),
    ({"avatar_url": "https://evil.example/"}, ["avatar_url"]),
    ({"profile": {"avatar": "https://evil.example/"}}, ["profile.avatar"]),
    ({"profile": {"bio_html": "<script>"}}, ["profile.bio_html"]),
    ({"profile": {"bio": "x", "onboarding_completed_at": None, "user": 1}},
     ["profile.onboarding_completed_at", "profile.user"]),
]  # fmt: skip


@pytest.mark.parametrize(("change", "fields"), FORBIDDEN_FIELDS)
async def test_mallory_cannot_slip_in_what_is_not_hers_to_set(
    database: Engine, cast: Cast, as_: Clients, change: dict[str, Any], fields: list[str]
) -> None:
    everything = 'SELECT * FROM users JOIN profiles ON profiles."user" = users.id ORDER BY users.id'
    before = await database.fetch(everything)
    answer = await as_(cast.mallory).patch(f"/api/v1/users/{cast.mallory.id}", json=change)
    assert answer.status_code == 400
    assert await codes(answer) == [(field, "unknown_field") for field in fields]
    assert await database.fetch(everything) == before


WRONG_VALUES: list[tuple[dict[str, Any], list[tuple[str, str]]]] = [
    ({"name": ""}, [("name", "required")]),
    ({"name": " \t"}, [("name", "required")]),
    ({"name": None}, [("name", "invalid")]),
    ({"name": "n" * 81, "profile": {"bio": "b" * 501}}, [("name", "too_long"), ("profile.bio", "too_long")]),
    ({"profile": {"bio": 7, "display_name": "d" * 81}},
     [("profile.display_name", "too_long"), ("profile.bio", "invalid")]),
    ({"profile": {"bio": "a\0b"}}, [("profile.bio", "invalid")]),
    ({"profile": None}, [("profile", "invalid")]),
    ({"profile": "x"}, [("profile", "invalid")]),
]  # fmt: skip


@pytest.mark.parametrize(("change", "errors"), WRONG_VALUES)
async def test_wrong_values_are_told_all_at_once(
    cast: Cast, as_: Clients, change: dict[str, Any], errors: list[tuple[str, str]]
) -> None:
    answer = await as_(cast.alice).patch(f"/api/v1/users/{cast.alice.id}", json=change)
    assert (answer.status_code, await codes(answer)) == (422, errors)


async def test_nobody_changes_another(cast: Cast, as_: Clients, client: httpx.AsyncClient) -> None:
    path = f"/api/v1/users/{cast.alice.id}"
    assert (await client.patch(path, json={"name": "Eve"})).status_code == 401
    for other in (cast.mallory, cast.mona, cast.ada):
        answer = await as_(other).patch(path, json={"name": "Eve"})
        assert (answer.status_code, await codes(answer)) == (403, [(None, "forbidden")])
    assert (await as_(cast.mallory).patch("/api/v1/users/999999", json={"name": "Eve"})).status_code == 404
    assert (await client.get(path)).json()["data"]["name"] == "Alice"
