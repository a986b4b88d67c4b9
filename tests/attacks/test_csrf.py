"""Cross-site request forgery: by form, by JSON, by text/plain; at every route that changes something."""

from collections.abc import Callable

import httpx
import pytest

from app.database.engine import DB
from tests.api import BASE, refused, shown
from tests.attacks.targets import filled, unsafe_routes
from tests.cast import Cast, Member
from tests.serving import Server
from tests.writers import open_thread

Clients = Callable[[Member], httpx.AsyncClient]

EVIL = "https://evil.example"
# As browsers send them: new ones with Fetch Metadata, others with Origin alone, sandboxed frames with `null`.
FOREIGN = [
    {"Sec-Fetch-Site": "cross-site", "Origin": EVIL},
    {"Sec-Fetch-Site": "same-site", "Origin": "https://neighbour.127.0.0.1"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Origin": EVIL},
    {"Origin": "null"},
]
BODIES: list[tuple[str, bytes]] = [
    ("application/x-www-form-urlencoded", b"title=Forged&body=Forged&kind=like&name=Forged&password=x"),
    ("application/json", b'{"title": "Forged", "body": "Forged"}'),
    ("text/plain", b'{"title": "Forged", "body": "Forged", "x": "="}'),
    ("multipart/form-data; boundary=b",
     b'--b\r\nContent-Disposition: form-data; name="body"\r\n\r\nForged\r\n--b--\r\n'),
]  # fmt: skip
_ALL = """
SELECT (SELECT count(*) FROM posts) + (SELECT count(*) FROM comments) + (SELECT count(*) FROM reactions)
    + (SELECT count(*) FROM outbox) + (SELECT count(*) FROM events) + (SELECT count(*) FROM sessions)
    + (SELECT count(*) FROM users)
"""


async def everything() -> int:
    count: int = (await DB.fetch(_ALL))[0][0]
    return count


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
async def test_no_route_that_changes_something_does_so_for_another_site(
    cast: Cast, as_: Clients, headers: dict[str, str]
) -> None:
    post = await open_thread(cast.ada)
    ada, before, routes = as_(cast.ada), await everything(), unsafe_routes()
    assert len(routes) > 60
    for number, (method, path) in enumerate(routes):
        kind, body = BODIES[number % len(BODIES)]
        target = filled(path, post)
        sent = {**headers, "Content-Type": kind}
        answer = await ada.request(method, target, content=body, headers=sent)
        assert answer.status_code == 403, f"{method} {target}: {answer.status_code}"
        if target.startswith("/api/"):
            refused(answer, 403, "cross_site")
        assert "set-cookie" not in answer.headers
    assert await everything() == before


@pytest.mark.parametrize(("kind", "body"), BODIES, ids=[kind for kind, _ in BODIES])
async def test_whatever_the_body_claims_to_be(
    cast: Cast, as_: Clients, server: Server, kind: str, body: bytes
) -> None:
    alice = as_(cast.alice)
    for headers in FOREIGN:
        sent = {**headers, "Content-Type": kind}
        for path in ("/posts", f"{BASE}/posts", "/sign-out", f"{BASE}/session"):
            method = "DELETE" if path.endswith("session") else "POST"
            answer = await alice.request(method, path, content=body, headers=sent)
            assert answer.status_code == 403
    assert not await DB.fetch("SELECT FROM posts")
    assert shown(await alice.get(f"{BASE}/me"))["username"] == "alice", "still signed in"


async def test_the_neighbour_our_own_pages_may(cast: Cast, as_: Clients, server: Server) -> None:
    alice = as_(cast.alice)
    for headers in ({"Sec-Fetch-Site": "same-origin", "Origin": server.url}, {"Origin": server.url}):
        answer = await alice.post("/posts", data={"title": "Ours", "body": "Ours"}, headers=headers)
        assert answer.status_code == 303
        shown(await alice.post(f"{BASE}/posts", json={"title": "Ours", "body": "Ours"}, headers=headers), 201)
    assert (await DB.fetch("SELECT count(*) FROM posts"))[0][0] == 4


@pytest.mark.parametrize(
    "kind", ["text/plain", "text/plain; charset=application/json", "application/jsonx", ""]
)
async def test_json_dressed_as_a_simple_request_is_not_read(cast: Cast, as_: Clients, kind: str) -> None:
    """What a form can send without being asked is no JSON, even from where no header tells of another site."""
    alice, body = as_(cast.alice), b'{"title": "Forged", "body": "Forged"}'
    answer = await alice.post(f"{BASE}/posts", content=body, headers={"Content-Type": kind})
    refused(answer, 415, "unsupported_media_type")
    shown(await alice.post(f"{BASE}/posts", content=body, headers={"Content-Type": "application/json"}), 201)


async def test_no_site_is_let_in_by_cors(cast: Cast, as_: Clients) -> None:
    alice = as_(cast.alice)
    preflight = {
        "Origin": EVIL,
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": "content-type",
    }
    for answer in (
        await alice.get(f"{BASE}/me", headers={"Origin": EVIL}),
        await alice.get("/", headers={"Origin": EVIL}),
        await alice.options(f"{BASE}/posts", headers=preflight),
        await alice.options("/posts", headers=preflight),
    ):
        assert not [name for name in answer.headers if name.startswith("access-control-")]
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"


async def test_a_cookie_is_not_sent_along_from_other_sites(client: httpx.AsyncClient, cast: Cast) -> None:
    body = {"email": cast.alice.email, "password": "a long enough pass phrase"}
    answer = await client.post(f"{BASE}/session", json=body)
    cookies = answer.headers.get_list("set-cookie")
    assert len(cookies) == 2
    assert all("samesite=lax" in cookie.lower() and "httponly" in cookie.lower() for cookie in cookies)


async def test_nothing_changes_by_get(cast: Cast, as_: Clients) -> None:
    """Pictures and links of other sites come with the cookie where browsers know no SameSite."""
    post = await open_thread(cast.ada)
    ada, before = as_(cast.ada), await everything()
    for method, path in unsafe_routes():
        target = filled(path, post)
        if target.endswith("/sign-out") or "removal" in target or method != "POST":
            answer = await ada.get(
                target, headers={"X-HTTP-Method-Override": method}, params={"_method": method}
            )
            assert answer.status_code < 500
    assert await everything() == before
    assert shown(await ada.get(f"{BASE}/me"))["username"] == "ada"
