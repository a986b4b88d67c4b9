"""Upload bombs and polyglots: pictures that unfold into gigabytes, and pictures that are something else as well."""

import zlib
from collections.abc import Callable
from io import BytesIO

import httpx
import pytest
from PIL import Image

from app.database.engine import DB
from tests.api import BASE, refused, shown
from tests.cast import Cast, Member
from tests.pictures import bomb, picture

Clients = Callable[[Member], httpx.AsyncClient]

SCRIPT = b"<script>alert(document.domain)</script>"


def _chunk(name: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big")


def with_chunk(name: bytes, data: bytes) -> bytes:
    """A PNG with one more chunk after its head."""
    png = picture("PNG")
    return png[:33] + _chunk(name, data) + png[33:]


def frames(count: int) -> bytes:
    """A GIF that moves for long."""
    out = BytesIO()
    first, *others = (Image.new("P", (64, 64), number % 256) for number in range(count))
    first.save(out, "GIF", save_all=True, append_images=others)
    return out.getvalue()


ZEROS = zlib.compress(bytes(200_000_000))
BOMBS = {
    "pixels": bomb(14_000),
    "more pixels than can be counted": bomb(60_000),
    "a text that unfolds": with_chunk(b"zTXt", b"a\0\0" + ZEROS),
    "an international text that unfolds": with_chunk(b"iTXt", b"a\0\1\0\0\0" + ZEROS),
    "a profile that unfolds": with_chunk(b"iCCP", b"a\0\0" + ZEROS),
    "half of it missing": picture("PNG")[:-30],
}
HARMLESS = {"a text": with_chunk(b"tEXt", b"Comment\0hello"), "many frames": frames(100)}
POLYGLOTS = {
    "a page behind a PNG": picture("PNG") + SCRIPT,
    "a page in a PNG": with_chunk(b"tEXt", b"Comment\0" + SCRIPT),
    "a script that is a GIF": picture("GIF") + b"*/=1;" + SCRIPT,
    "an archive behind a JPEG": picture("JPEG") + b"PK\x03\x04" + SCRIPT,
    "a program behind a WebP": picture("WEBP") + b"MZ\x90\0" + SCRIPT,
}
NO_PICTURES = {
    "a page": b"<!doctype html>" + SCRIPT,
    "a drawing with a script": b'<svg xmlns="http://www.w3.org/2000/svg">' + SCRIPT + b"</svg>",
    "a document": b"%PDF-1.7\n" + SCRIPT,
    "PostScript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage",
    "the first bytes of a GIF": b"GIF89a" + SCRIPT,
    "a picture of a kind that is not asked": b"BM" + bytes(200),
    "a list of addresses": b"push graphic-context\nimage over 0,0 0,0 'http://127.0.0.1/'",
}  # fmt: skip


async def send(client: httpx.AsyncClient, member: Member, data: bytes, name: str = "a.png") -> httpx.Response:
    files = {"file": (name, data, "image/png")}
    return await client.put(f"{BASE}/users/{member.id}/avatar", files=files)


@pytest.mark.parametrize("what", [*BOMBS, *NO_PICTURES])
async def test_it_is_refused_and_nothing_is_kept(cast: Cast, as_: Clients, what: str) -> None:
    data, mallory = (BOMBS | NO_PICTURES)[what], as_(cast.mallory)
    answer = await send(mallory, cast.mallory, data)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["field"] == "file"
    page = await mallory.post("/settings/avatar", files={"file": ("a.png", data, "image/png")})
    assert page.status_code == 422
    assert not await DB.fetch("SELECT FROM uploads")
    shown(await send(as_(cast.alice), cast.alice, picture("PNG")))


@pytest.mark.parametrize("what", [*POLYGLOTS, *HARMLESS])
async def test_of_what_is_two_things_only_the_picture_stays(
    cast: Cast, as_: Clients, client: httpx.AsyncClient, what: str
) -> None:
    url = shown(await send(as_(cast.mallory), cast.mallory, (POLYGLOTS | HARMLESS)[what], "a.html"))[
        "avatar_url"
    ]
    served = await client.get(url)
    assert served.headers["content-type"] == "image/webp"
    assert served.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'self'" in served.headers["content-security-policy"]
    assert not [trace for trace in (b"script", b"PK\x03\x04", b"Comment", b"MZ") if trace in served.content]
    with Image.open(BytesIO(served.content)) as image:
        assert (image.format, image.size, getattr(image, "n_frames", 1)) == ("WEBP", (256, 256), 1)


async def test_two_files_or_none_or_one_of_another_name(cast: Cast, as_: Clients) -> None:
    mallory, place = as_(cast.mallory), f"{BASE}/users/{cast.mallory.id}/avatar"
    one = ("a.png", picture("PNG"), "image/png")
    for files in ([("file", one), ("file", one)], [("avatar", one)]):
        refused(await mallory.put(place, files=files), 422, "required")
    refused(await mallory.put(place, data={"file": "words"}, files={"x": one}), 422, "required")
    shown(await mallory.put(place, files={"file": one}))


async def test_one_that_is_too_large_is_not_read(cast: Cast, as_: Clients, serve) -> None:
    own = serve(upload_limit_bytes=100_000)
    async with own.client(cast.mallory.token) as mallory:
        refused(await send(mallory, cast.mallory, bytes(150_000)), 413, "too_large")
        shown(await send(mallory, cast.mallory, picture("PNG")))
