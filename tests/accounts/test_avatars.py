"""Faces: sent, served, replaced, taken away."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from app.database.engine import Engine
from tests.cast import Cast, Member
from tests.pictures import bomb, opened, picture

Clients = Callable[[Member], httpx.AsyncClient]


def path(member: Member) -> str:
    return f"/api/v1/users/{member.id}/avatar"


def file(data: bytes, name: str = "me.png", kind: str = "image/png") -> dict[str, Any]:
    return {"file": (name, data, kind)}


async def send(client: httpx.AsyncClient, member: Member, data: bytes) -> httpx.Response:
    return await client.put(path(member), files=file(data))


async def uploads(database: Engine) -> tuple[int, int]:
    row = (await database.fetch("SELECT (SELECT count(*) FROM uploads), (SELECT count(*) FROM pictures)"))[0]
    return row[0], row[1]


async def test_a_picture_becomes_a_face(cast: Cast, as_: Clients, client: httpx.AsyncClient) -> None:
    answer = await send(as_(cast.alice), cast.alice, picture())
    assert answer.status_code == 200
    url = answer.json()["data"]["avatar_url"]
    assert answer.json()["data"]["id"] == cast.alice.id
    for address, size in ((url, 256), (url.replace(".", "-128."), 128), (url.replace(".", "-64."), 64)):
        served = await client.get(address)
        assert served.status_code == 200
        assert served.headers["content-type"] == "image/webp"
        assert served.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert served.headers["x-content-type-options"] == "nosniff"
        assert (opened(served.content).format, opened(served.content).size) == ("WEBP", (size, size))


async def test_the_face_is_beside_what_one_writes(cast: Cast, as_: Clients) -> None:
    alice = as_(cast.alice)
    url = (await send(alice, cast.alice, picture())).json()["data"]["avatar_url"]
    made = await alice.post("/api/v1/posts", json={"title": "A face", "body": "Here it is.", "tags": []})
    assert made.json()["data"]["author"]["avatar_url"] == url
    said = await alice.post(f"/api/v1/posts/{made.json()['data']['id']}/comments", json={"body": "Hello."})
    assert said.json()["data"]["author"]["avatar_url"] == url
    assert (await alice.get("/api/v1/me")).json()["data"]["avatar_url"] == url


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("../../etc/passwd", "text/html"),
        ("a.html", "text/html"),
        ("x.svg", "image/svg+xml"),
        ("\u202egnp.exe", ""),
    ],
)
async def test_what_the_file_is_called_does_not_matter(
    cast: Cast, as_: Clients, name: str, kind: str
) -> None:
    answer = await as_(cast.alice).put(path(cast.alice), files=file(picture("JPEG"), name, kind))
    assert answer.status_code == 200
    assert (await as_(cast.alice).get(answer.json()["data"]["avatar_url"])).headers[
        "content-type"
    ] == "image/webp"


async def test_a_new_face_deletes_the_old_one(
    database: Engine, cast: Cast, as_: Clients, client: httpx.AsyncClient
) -> None:
    old = (await send(as_(cast.alice), cast.alice, picture())).json()["data"]["avatar_url"]
    new = (await send(as_(cast.alice), cast.alice, picture(colour="red"))).json()["data"]["avatar_url"]
    assert old != new
    assert (await client.get(old)).status_code == 404
    assert (await client.get(old.replace(".", "-64."))).status_code == 404
    assert (await client.get(new)).status_code == 200
    assert await uploads(database) == (1, 3)


async def test_a_face_can_be_taken_away_again_and_again(database: Engine, cast: Cast, as_: Clients) -> None:
    alice = as_(cast.alice)
    url = (await send(alice, cast.alice, picture())).json()["data"]["avatar_url"]
    for _ in range(2):
        answer = await alice.delete(path(cast.alice))
        assert (answer.status_code, answer.content) == (204, b"")
    assert (await alice.get(url)).status_code == 404
    assert (await alice.get("/api/v1/me")).json()["data"]["avatar_url"] is None
    assert await uploads(database) == (0, 0)


async def test_a_member_who_goes_takes_the_face_along(database: Engine, cast: Cast, as_: Clients) -> None:
    await send(as_(cast.alice), cast.alice, picture())
    await database.fetch("DELETE FROM users WHERE id = $1", cast.alice.id)
    assert await uploads(database) == (0, 0)


async def test_mallory_cannot_touch_the_face_of_alice(
    database: Engine, cast: Cast, as_: Clients, client: httpx.AsyncClient
) -> None:
    url = (await send(as_(cast.alice), cast.alice, picture())).json()["data"]["avatar_url"]
    for other in (cast.mallory, cast.mona, cast.ada):
        assert (await send(as_(other), cast.alice, picture(colour="red"))).status_code == 403
        assert (await as_(other).delete(path(cast.alice))).status_code == 403
    assert (await send(client, cast.alice, picture())).status_code == 401
    assert (await client.delete(path(cast.alice))).status_code == 401
    assert (
        await as_(cast.mallory).put("/api/v1/users/999999/avatar", files=file(picture()))
    ).status_code == 404
    assert (await client.get(f"/api/v1/users/{cast.alice.id}")).json()["data"]["avatar_url"] == url
    assert (await client.get(url)).status_code == 200
    assert await uploads(database) == (1, 3)


BAD: dict[str, tuple[dict[str, Any], int, str]] = {
    "no field at all": ({"files": {"other": ("a.png", picture(), "image/png")}}, 422, "required"),
    "a field that is no file": ({"data": {"file": "words"}, "files": {"x": ("x", b"x", "")}}, 422, "required"),
    "an empty file": ({"files": file(b"")}, 422, "required"),
    "two files": ({"files": [("file", ("a", picture(), "")), ("file", ("b", picture(), ""))]}, 422, "required"),
    "a page that says it is a picture": ({"files": file(b"<script>alert(1)</script>")}, 422, "invalid"),
    "an SVG": ({"files": file(b"<svg xmlns='http://www.w3.org/2000/svg'/>")}, 422, "invalid"),
    "a bomb": ({"files": file(bomb(20_000))}, 422, "out_of_range"),
    "a file that is too large": ({"files": file(b"x" * 10_500_000)}, 413, "too_large"),
    "a file that is far too large": ({"files": file(b"x" * 30_000_000)}, 413, "too_large"),
    "JSON": ({"json": {"file": "x"}}, 415, "unsupported_media_type"),
    "the bare picture": (
        {"content": picture(), "headers": {"content-type": "image/png"}}, 415, "unsupported_media_type"),
    "nothing": ({}, 415, "unsupported_media_type"),
    "no boundary": ({"content": b"x", "headers": {"content-type": "multipart/form-data"}}, 400, "bad_json"),
    "a boundary that never comes": (
        {"content": b"x", "headers": {"content-type": "multipart/form-data; boundary=b"}}, 400, "bad_json"),
}  # fmt: skip


@pytest.mark.parametrize("what", BAD)
async def test_what_is_no_picture_is_refused_and_changes_nothing(
    database: Engine, cast: Cast, as_: Clients, what: str
) -> None:
    request, status, code = BAD[what]
    alice = as_(cast.alice)
    url = (await send(alice, cast.alice, picture())).json()["data"]["avatar_url"]
    answer = await alice.put(path(cast.alice), **request)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (status, code)
    assert (await alice.get("/api/v1/me")).json()["data"]["avatar_url"] == url
    assert await uploads(database) == (1, 3)


async def test_a_body_without_a_length_is_cut_off_at_the_limit(cast: Cast, as_: Clients) -> None:
    async def endless() -> Any:
        yield b"--b\r\ncontent-disposition: form-data; name=file; filename=a\r\n\r\n"
        for _ in range(200):
            yield b"x" * 100_000

    head = {"content-type": "multipart/form-data; boundary=b"}
    answer = await as_(cast.alice).put(path(cast.alice), content=endless(), headers=head)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (413, "too_large")


async def test_another_site_cannot_send_a_face(cast: Cast, as_: Clients) -> None:
    answer = await as_(cast.alice).put(
        path(cast.alice), files=file(picture()), headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (403, "cross_site")


@pytest.mark.parametrize(
    "name",
    ["x.webp", "0" * 32 + ".webp", "0" * 32 + "-65.webp", "0" * 32, "..%2f..%2fetc%2fpasswd", "%00.webp"],
)
async def test_an_address_that_is_no_picture_is_not_found(client: httpx.AsyncClient, name: str) -> None:
    assert (await client.get(f"/uploads/{name}")).status_code == 404
