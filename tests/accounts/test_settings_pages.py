"""Settings as forms, without JavaScript."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.cast import PASSWORD, Cast, Member
from tests.pictures import bomb, picture

Clients = Callable[[Member], httpx.AsyncClient]

PAGES = ["/settings", "/settings/email", "/settings/password", "/settings/sessions", "/settings/tokens"]
NEW = "another long pass phrase"


@pytest.mark.parametrize("path", PAGES)
async def test_they_are_for_members_only(
    cast: Cast, client: httpx.AsyncClient, as_: Clients, path: str
) -> None:
    answer = await client.get(path)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/sign-in?next={path}")
    assert (await as_(cast.alice).get(path)).status_code == 200


FORMS = [
    "", "/avatar", "/avatar/removal", "/email", "/password", "/sessions/removal", "/sessions/1/removal", "/tokens",
    "/tokens/1/removal",
]  # fmt: skip


@pytest.mark.parametrize("path", FORMS)
async def test_nobody_in_particular_can_change_anything(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.post(f"/settings{path}", data={"x": "y"})).status_code == 401


async def me(client: httpx.AsyncClient) -> dict[str, Any]:
    found: dict[str, Any] = (await client.get("/api/v1/me")).json()["data"]
    return found


async def test_name_and_bio(cast: Cast, as_: Clients) -> None:
    alice = as_(cast.alice)
    answer = await alice.post("/settings", data={"name": "Alice L.", "bio": "One.\r\nTwo.", "role": "admin"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/settings?saved=profile")
    user = await me(alice)
    assert (user["name"], user["profile"]["bio"], user["role"]) == ("Alice L.", "One.\nTwo.", "member")
    page = (await alice.get("/settings?saved=profile")).text
    assert "This is how others see you now." in page
    assert 'value="Alice L."' in page
    assert "One.\nTwo.</textarea>" in page
    await alice.post("/settings", data={"name": "Alice L.", "bio": ""})
    assert (await me(alice))["profile"]["bio"] is None


async def test_words_that_cannot_be_taken_stay_in_the_form(cast: Cast, as_: Clients) -> None:
    alice = as_(cast.alice)
    answer = await alice.post("/settings", data={"name": " ", "bio": "My words."})
    assert answer.status_code == 422
    assert "This cannot be left empty." in answer.text
    assert "My words.</textarea>" in answer.text
    answer = await alice.post("/settings", data={"name": "Al", "bio": "b" * 501})
    assert answer.status_code == 422
    assert "Use at most 500 characters." in answer.text
    assert "b" * 501 in answer.text
    assert (await me(alice))["name"] == "Alice"


async def test_a_picture(cast: Cast, as_: Clients) -> None:
    alice = as_(cast.alice)
    answer = await alice.post("/settings/avatar", files={"file": ("me.png", picture(), "image/png")})
    assert (answer.status_code, answer.headers["location"]) == (303, "/settings?saved=picture")
    url = (await me(alice))["avatar_url"]
    assert url in (await alice.get("/settings")).text
    assert (await alice.post("/settings/avatar/removal")).headers["location"] == "/settings?saved=no-picture"
    assert (await me(alice))["avatar_url"] is None
    assert (await alice.get(url)).status_code == 404


@pytest.mark.parametrize(
    ("data", "status", "words"),
    [
        (b"", 422, "Choose a picture first."),
        (b"<svg/>", 422, "This picture cannot be read."),
        (bomb(20_000), 422, "at most 25 million pixels"),
        (b"x" * 12_000_000, 413, "at most 10 MB"),
    ],
)
async def test_a_picture_that_cannot_be_taken(
    cast: Cast, as_: Clients, data: bytes, status: int, words: str
) -> None:
    alice = as_(cast.alice)
    answer = await alice.post("/settings/avatar", files={"file": ("me.png", data, "image/png")})
    assert answer.status_code == status
    assert words in answer.text
    assert 'value="Alice"' in answer.text
    assert (await me(alice))["avatar_url"] is None


async def test_an_address(cast: Cast, as_: Clients) -> None:
    alice = as_(cast.alice)
    wrong = await alice.post("/settings/email", data={"email": "new@example.org", "password": "wrong"})
    assert wrong.status_code == 422
    assert "This is not your password." in wrong.text
    assert 'value="new@example.org"' in wrong.text
    right = await alice.post("/settings/email", data={"email": "New@example.org", "password": PASSWORD})
    assert (right.status_code, right.headers["location"]) == (303, "/settings/email?saved=email")
    assert (await me(alice))["email"] == cast.alice.email, "not before it is confirmed"


async def test_a_password(cast: Cast, as_: Clients, client: httpx.AsyncClient) -> None:
    alice = as_(cast.alice)
    wrong = await alice.post("/settings/password", data={"current": "not this one", "password": NEW})
    assert wrong.status_code == 422
    assert "This is not your password." in wrong.text
    assert "not this one" not in wrong.text
    assert NEW not in wrong.text
    right = await alice.post("/settings/password", data={"current": PASSWORD, "password": NEW})
    assert (right.status_code, right.headers["location"]) == (303, "/settings/password?saved=password")
    entered = await client.post("/api/v1/session", json={"email": cast.alice.email, "password": NEW})
    assert entered.status_code == 200


async def test_sessions(cast: Cast, as_: Clients, client: httpx.AsyncClient) -> None:
    alice = as_(cast.alice)
    assert "You are signed in nowhere else." in (await alice.get("/settings/sessions")).text
    entered = await client.post("/api/v1/session", json={"email": cast.alice.email, "password": PASSWORD})
    assert entered.status_code == 200
    page = (await client.get("/settings/sessions")).text
    assert f'action="/settings/sessions/{cast.alice.session_id}/removal"' in page
    assert "Sign out all others" in page
    other = await as_(cast.mallory).post(f"/settings/sessions/{cast.alice.session_id}/removal")
    assert other.status_code == 404
    assert (await alice.get("/api/v1/me")).status_code == 200
    ended = await client.post(f"/settings/sessions/{cast.alice.session_id}/removal")
    assert ended.headers["location"] == "/settings/sessions?saved=session"
    assert (await alice.get("/api/v1/me")).status_code == 401
    assert (await client.get("/api/v1/me")).status_code == 200


async def test_all_other_sessions(cast: Cast, as_: Clients, client: httpx.AsyncClient) -> None:
    await client.post("/api/v1/session", json={"email": cast.alice.email, "password": PASSWORD})
    assert (await client.post("/settings/sessions/removal")).status_code == 303
    assert (await as_(cast.alice).get("/api/v1/me")).status_code == 401
    assert (await client.get("/api/v1/me")).status_code == 200


async def test_to_end_this_session_is_to_sign_out(cast: Cast, as_: Clients) -> None:
    alice = as_(cast.alice)
    answer = await alice.post(f"/settings/sessions/{cast.alice.session_id}/removal")
    assert answer.headers["location"] == "/"
    assert "Max-Age=0" in answer.headers["set-cookie"]


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_a_theme_is_in_the_first_byte_of_every_page(client: httpx.AsyncClient, theme: str) -> None:
    assert "data-theme" not in (await client.get("/")).text
    answer = await client.post("/settings/look", data={"theme": theme})
    assert (answer.status_code, answer.headers["location"]) == (303, "/settings/look?saved=look")
    for path in ("/", "/settings/look", "/sign-in", "/nothing-here"):
        assert f'<html lang="en" data-theme="{theme}">' in (await client.get(path)).text
    await client.post("/settings/look", data={"theme": ""})
    assert "data-theme" not in (await client.get("/")).text


async def test_a_theme_that_is_none_is_not_believed(client: httpx.AsyncClient) -> None:
    evil = '"><script>'
    answer = await client.post("/settings/look", data={"theme": evil})
    assert "script" not in answer.headers["set-cookie"]
    client.cookies.set("hubbub_theme", "sepia")
    assert "data-theme" not in (await client.get("/")).text


async def test_another_site_cannot_post_them(cast: Cast, as_: Clients) -> None:
    alice = as_(cast.alice)
    answer = await alice.post(
        "/settings", data={"name": "Eve", "bio": ""}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status_code == 403
    assert (await me(alice))["name"] == "Alice"
