"""Path traversal: in static files, in uploads and wherever else a name in an address stands for a file."""

from collections.abc import Callable

import httpx
import pytest

from app.database.engine import DB
from app.site.reference import VERSION as DOCS
from app.web import assets
from tests.api import BASE, refused, shown
from tests.attacks.targets import get_raw
from tests.cast import Cast, Member
from tests.pictures import picture
from tests.serving import Server

Clients = Callable[[Member], httpx.AsyncClient]

WAYS = [
    "../../app/settings.py",
    "..%2f..%2fapp%2fsettings.py",
    "%2e%2e/%2e%2e/app/settings.py",
    "....//....//app/settings.py",
    "..%252f..%252fapp/settings.py",
    "..\\..\\app\\settings.py",
    "..%5c..%5capp%5csettings.py",
    "%c0%ae%c0%ae/app/settings.py",
    "..;/..;/app/settings.py",
    "css/../../app/settings.py",
    "/etc/passwd",
    "%2fetc%2fpasswd",
    "file:///etc/passwd",
    "css/tokens.css%00.py",
    "../README.md",
    "..%00/README.md",
    "css/",
    "css",
    ".",
    "..",
    "%2e%2e",
    "./../../.env",
]
ROOTS = [
    f"/static/{assets.VERSION}/",
    "/static/",
    "/uploads/",
    f"/api/docs/{DOCS}/",
    "/icons/",
    "/admin/assets/",
]
# What stands in the files that are asked for.
INSIDE = (b"frozen Struct", b"root:", b"import msgspec", b"# Hubbub", b"class Settings", b"DATABASE_URL")


@pytest.mark.parametrize("root", ROOTS)
async def test_no_name_leads_out_of_its_folder(server: Server, cast: Cast, root: str) -> None:
    cookie = f"Cookie: hubbub_session={cast.ada.token}"
    for way in WAYS:
        answer = await get_raw(server, root + way, cookie)
        head, _, body = answer.partition(b"\r\n\r\n")
        assert not [secret for secret in INSIDE if secret in body], way
        assert int(head.split()[1]) in {303, 400, 404, 405}, (root + way, head)


async def test_the_neighbour_what_is_in_the_folder_is_served(server: Server, cast: Cast) -> None:
    answer = await get_raw(server, assets.address("css/tokens.css"))
    assert answer.split()[1] == b"200"
    assert b"--" in answer


@pytest.mark.parametrize(
    "name", ["../../x.png", "/etc/passwd", "..\\..\\x.png", "x\0.png", "%2e%2e%2fx.png", "a" * 900, ""]
)
async def test_the_name_of_an_upload_names_nothing_here(
    cast: Cast, as_: Clients, client: httpx.AsyncClient, name: str
) -> None:
    alice = as_(cast.alice)
    part = f'form-data; name="file"; filename="{name}"'.encode()
    body = (
        b"--b\r\nContent-Disposition: "
        + part
        + b"\r\nContent-Type: image/png\r\n\r\n"
        + picture("PNG")
        + b"\r\n--b--\r\n"
    )
    answer = await alice.put(
        f"{BASE}/users/{cast.alice.id}/avatar",
        content=body,
        headers={"Content-Type": "multipart/form-data; boundary=b"},
    )
    if not name:
        refused(answer, 400, "bad_json")
        return
    url = shown(answer)["avatar_url"]
    [row] = await DB.fetch("SELECT name FROM uploads")
    assert url == f"/uploads/{row['name']}.webp"
    assert len(row["name"]) == 32
    assert (await client.get(url)).headers["content-type"] == "image/webp"


@pytest.mark.parametrize(
    "name",
    [
        "{}",
        "{}.png",
        "{}-64",
        "{}-65.webp",
        "{}.webp.html",
        "{}.WEBP",
        "{}-064.webp",
        "%00{}.webp",
        "{}.webp%00",
        "{}.webp%0a",
        "x/../{}.webp",
        "{}.webp/",
        "' OR 1=1 --",
    ],
)
async def test_only_the_very_name_of_a_picture_is_one(
    cast: Cast, as_: Clients, server: Server, name: str
) -> None:
    files = {"file": ("a.png", picture("PNG"))}
    url = shown(await as_(cast.alice).put(f"{BASE}/users/{cast.alice.id}/avatar", files=files))["avatar_url"]
    known = url.removeprefix("/uploads/").removesuffix(".webp")
    target = f"/uploads/{name.format(known)}".replace(" ", "%20")
    status = (await get_raw(server, target)).split()[1]
    # A slash at the end is no other name to the router.
    assert status == (b"200" if name.endswith("/") else b"404"), target
    for size in ("", "-64", "-128"):
        assert (await get_raw(server, f"/uploads/{known}{size}.webp")).split()[1] == b"200"
