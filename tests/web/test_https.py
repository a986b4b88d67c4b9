"""Where the community lives under https, nothing is read and nothing is said without encryption."""

from collections.abc import Iterator

import httpx
import pytest

from tests.api import BASE, shown
from tests.cast import PASSWORD, Cast
from tests.serving import Server

HOME = "https://talk.example.org"
ENCRYPTED = {"X-Forwarded-Proto": "https"}


@pytest.fixture(scope="module")
def secure(_pool) -> Iterator[Server]:
    site = Server(url=f"{HOME}/", trusted_proxies="127.0.0.1")
    try:
        yield site.start()
    finally:
        site.close()


def sent_to(answer: httpx.Response) -> str:
    assert (answer.status_code, answer.content) == (308, b"")
    assert answer.headers["x-request-id"]
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert "set-cookie" not in answer.headers
    return answer.headers["location"]


async def test_who_comes_without_is_sent_to_the_same_address_with(secure: Server, database) -> None:
    async with secure.client() as client:
        for path in (
            "/",
            "/posts/1/a%20b?after=2&x=%2F",
            "/static/x/y.css",
            f"{BASE}/posts?page=2",
            "/nowhere",
            "/admin/",
        ):
            assert sent_to(await client.get(path)) == HOME + path
            assert (await client.get(path, headers=ENCRYPTED)).status_code != 308
        assert sent_to(await client.get(f"{secure.url}//evil.example/")) == f"{HOME}//evil.example/"


async def test_nothing_is_done_on_the_way(secure: Server, cast: Cast) -> None:
    async with secure.client() as client:
        credentials = {"email": cast.alice.email, "password": PASSWORD}
        assert sent_to(await client.post("/sign-in", data=credentials)) == f"{HOME}/sign-in"
        assert sent_to(await client.post(f"{BASE}/session", json=credentials)) == f"{HOME}{BASE}/session"
        shown(await client.post(f"{BASE}/session", json=credentials, headers=ENCRYPTED))


async def test_machines_beside_it_may_ask_after_its_health(secure: Server, database) -> None:
    async with secure.client() as client:
        for path in ("/health", "/health/ready", "/metrics"):
            assert (await client.get(path)).status_code == 200


@pytest.mark.parametrize("said", ["https", "HTTPS", "https, http"])
async def test_a_proxy_that_is_not_known_leads_nobody_around_in_a_circle(serve, said: str) -> None:
    async with serve(url=HOME).client() as client:
        assert (await client.get("/", headers={"X-Forwarded-Proto": said})).status_code == 200
        assert sent_to(await client.get("/", headers={"X-Forwarded-Proto": "http"})) == f"{HOME}/"


async def test_browsers_are_told_to_come_so_from_now_on(secure: Server, client: httpx.AsyncClient) -> None:
    async with secure.client() as encrypted:
        for path in ("/", "/nowhere", "/health", "/favicon.svg", f"{BASE}/me", "/admin/"):
            answer = await encrypted.get(path, headers=ENCRYPTED)
            assert answer.headers["strict-transport-security"].startswith("max-age=31536000")
            assert "strict-transport-security" not in (await client.get(path)).headers


async def test_every_cookie_is_for_encrypted_ways_only_and_no_neighbour_sets_one(
    secure: Server, cast: Cast
) -> None:
    """By the browsers' rules: `__Host-` wants Secure, `Path=/` and no Domain; `__Secure-` wants Secure."""
    async with secure.client(headers={**ENCRYPTED, "Origin": HOME}) as client:
        data = {"email": cast.alice.email, "password": PASSWORD}
        given = await cookies_of(client, "/sign-in", **data)
        client.headers["Cookie"] = given["__Host-hubbub_session"].partition(";")[0]
        given |= await cookies_of(client, "/settings/tokens", name="x", scopes="read")
        given |= await cookies_of(client, "/settings/two-factor", password=PASSWORD)
        given |= await cookies_of(client, "/settings/look", theme="dark")
    assert {name for name in given if name.startswith("__Host-")} == {
        "__Host-hubbub_session",
        "__Host-hubbub_browser",
    }
    for name, cookie in given.items():
        assert "; secure" in cookie.lower(), name
        assert "; httponly" in cookie.lower(), name
        assert "; samesite=" in cookie.lower(), name
        assert "domain=" not in cookie.lower(), name
        assert name == "hubbub_theme" or name.startswith(("__Host-", "__Secure-")), name
        assert not name.startswith("__Host-") or "; path=/;" in f"{cookie.lower()};", name
    assert len(given) == 5


async def cookies_of(client: httpx.AsyncClient, path: str, **data: str) -> dict[str, str]:
    answer = await client.post(path, data=data)
    assert answer.status_code == 303, answer.text
    return {line.partition("=")[0]: line for line in answer.headers.get_list("set-cookie")}
