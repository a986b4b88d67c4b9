"""Giant, nested and malformed bodies: refused for what they are, at every route, and the server goes on."""

from collections.abc import AsyncIterator, Callable
from contextlib import suppress

import httpx
import pytest

from app.database.engine import DB
from app.settings import settings
from app.web.sizes import FEW_WORDS
from tests.api import BASE, refused, shown
from tests.attacks.targets import filled, send_raw, unsafe_routes
from tests.cast import Cast, Member
from tests.serving import Server
from tests.writers import open_thread

Clients = Callable[[Member], httpx.AsyncClient]

JSON, FORM, MULTIPART = (
    "application/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=b",
)
PART = b'--b\r\nContent-Disposition: form-data; name="%s"\r\n\r\n'
HARMFUL: list[tuple[str, bytes]] = [
    (JSON, b"[" * 100_000),
    (JSON, b'{"body":' * 20_000),
    (JSON, b'{"body": ' + b"[" * 5_000 + b"]" * 5_000 + b"}"),
    (JSON, b'{"body": "\xff\xfe"}'),
    (JSON, b'{"body": "\\ud800"}'),
    (JSON, b'{"body": NaN, "title": Infinity}'),
    (JSON, b'{"parent_id": 1e400, "comment_id": 1e400}'),
    (JSON, b'{"parent_id": ' + b"9" * 10_000 + b"}"),
    (JSON, b'{"body": "a", "body": "b", "body": {}}'),
    (JSON, b'{"__proto__": {"admin": true}, "": 1, "\\u0000": 1}'),
    (JSON, b"\xef\xbb\xbf{}"),
    (JSON, b""),
    (JSON, b"null"),
    (FORM, b"&".join(b"k%d=1" % number for number in range(2_000))),
    (FORM, b"body=%ff%fe%00&title=%ud800&name=%"),
    (FORM, b"=&=&=&&&;;;"),
    (MULTIPART, b"--b\r\n" * 3_000),
    (MULTIPART, PART % b"body" + b"\xff\xfe\r\n--b--\r\n"),
    (MULTIPART, PART % b"body" + b"no end"),
    (MULTIPART, (PART % b"body")[:-2] + b"Content-Type: text/plain; charset=x\r\n\r\na\r\n--b--\r\n"),
    (MULTIPART, b"--b\r\n" + b"X: y\r\n" * 2_000 + b"\r\na\r\n--b--\r\n"),
    ("multipart/form-data", b"--b\r\n"),
    ("multipart/form-data; boundary=" + "b" * 5_000, b"x"),
    ("application/json; charset=utf-7", b"+AHs-"),
    ("text/html", b"<script>"),
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(HARMFUL)))
async def test_no_route_breaks_on_it(cast: Cast, as_: Clients, number: int) -> None:
    kind, body = HARMFUL[number]
    post, mallory = await open_thread(cast.ada), as_(cast.mallory)
    for method, path in unsafe_routes():
        target = filled(path, post)
        if target.endswith("/sign-out") or (method, target) == ("DELETE", f"{BASE}/session"):
            continue
        answer = await mallory.request(method, target, content=body, headers={"Content-Type": kind})
        assert answer.status_code < 500, f"{method} {target}: {answer.text[:300]}"
    assert shown(await mallory.get(f"{BASE}/me"))["role"] == "member"


async def drip(size: int) -> AsyncIterator[bytes]:
    """A body whose length nobody says before."""
    for _ in range(0, size, 8_192):
        yield b"a" * 8_192


@pytest.mark.parametrize("kind", [JSON, FORM])
async def test_one_that_never_ends_is_not_read_to_its_end(cast: Cast, as_: Clients, kind: str) -> None:
    mallory = as_(cast.mallory)
    small = "/sign-in" if kind == FORM else f"{BASE}/session"
    large = "/posts" if kind == FORM else f"{BASE}/posts"
    for place, most in ((small, FEW_WORDS), (large, settings.body_limit_bytes)):
        answer = await mallory.post(place, content=drip(4 * most), headers={"Content-Type": kind})
        assert answer.status_code == 413, place
    assert not await DB.fetch("SELECT FROM posts")


async def test_a_length_that_is_said_is_believed_at_once(server: Server, cast: Cast) -> None:
    head = (
        f"POST {BASE}/session HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n"
    )
    answer = await send_raw(server, f"{head}Content-Length: {10**12}\r\n\r\n{{".encode())
    assert answer.split()[1] == b"413", "without a byte of it"


async def test_small_things_take_small_bodies_and_texts_take_long_ones(cast: Cast, as_: Clients) -> None:
    mallory = as_(cast.mallory)
    credentials = {"email": "x@example.org", "password": "p" * (FEW_WORDS + 1)}
    refused(await mallory.post(f"{BASE}/session", json=credentials), 413, "too_large")
    refused(
        await mallory.patch(f"{BASE}/users/{cast.mallory.id}", json={"name": "n" * FEW_WORDS}),
        413,
        "too_large",
    )
    longest = {"title": "The longest", "body": "\U0001f600" * 10_000}
    assert shown(await mallory.post(f"{BASE}/posts", json=longest), 201)["body"] == longest["body"]
    assert (await mallory.post("/posts", data=longest)).status_code == 303
    bio = "\U0001f600" * 500
    assert (await mallory.post("/settings", data={"name": "Mal", "bio": bio})).status_code == 303
    assert shown(await mallory.get(f"{BASE}/me"))["profile"]["bio"] == bio


@pytest.mark.parametrize(
    "request_line",
    [b"GET / HTTP/9.9", b"GET", b"\x00\x01\x02", b"GET /\xff HTTP/1.1", b"BREW / HTTP/1.1",
     b"GET " + b"/a" * 50_000 + b" HTTP/1.1",
     b"POST / HTTP/1.1\r\nContent-Length: -1", b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2",
     b"POST / HTTP/1.1\r\nContent-Length: 4\r\nTransfer-Encoding: chunked"],
    ids=lambda line: str(line[:30]),
)  # fmt: skip
async def test_what_is_no_request_gets_no_page(
    server: Server, client: httpx.AsyncClient, request_line: bytes
) -> None:
    answer = await send_raw(server, request_line + b"\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert answer == b"" or int(answer.split()[1]) in {400, 404, 405, 413, 414, 431, 501}, answer[:200]
    assert (await client.get("/health")).status_code == 200


@pytest.mark.parametrize("end", [b"\r\n\r\n", b""], ids=["whole", "without an end"])
async def test_a_head_that_is_larger_than_any_browsers_is_refused(
    server: Server, client: httpx.AsyncClient, end: bytes
) -> None:
    for size in (200_000, 2_000_000):
        answer = b""
        # Whoever goes on sending may hear of the end of the line before they hear why.
        with suppress(ConnectionError):
            answer = await send_raw(server, b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * size + end)
        assert answer[:12] in {b"", b"HTTP/1.1 400"}
    assert (await client.get("/", headers={"X": "a" * 30_000})).status_code == 200
