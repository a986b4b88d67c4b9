"""Open redirects: no address of ours sends anybody to a place that a stranger has chosen."""

import re
from collections.abc import Callable
from urllib.parse import quote, urlsplit

import httpx
import pytest

from app.mail import kept
from tests.api import BASE
from tests.attacks.targets import get_raw
from tests.cast import PASSWORD, Cast, Member
from tests.second_factor import turn_on
from tests.serving import Server
from tests.working_off import work_off
from tests.writers import open_thread

Clients = Callable[[Member], httpx.AsyncClient]

ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "\t//evil.example",
    " //evil.example",
    "/\n/evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "http:evil.example",
    "https:/evil.example",
    "//evil.example\\@127.0.0.1/",
    "/%0d/evil.example\r\n",
    "//[::1]/",
    "/\u2044evil.example",
    "\u3002\u3002/evil.example",
    "@evil.example",
    ".evil.example",
    "//evil%E3%80%82example",
]
OURS = ["/", "/posts/new?x=1&y=%2F", "/@alice#top", "/tags/tea?page=2"]


def stays(place: str) -> bool:
    """Whether a browser that reads this, as generous as they are, is still here."""
    seen = re.sub(r"[\t\r\n]", "", place).strip().replace("\\", "/")
    parts = urlsplit(seen)
    return not parts.scheme and not parts.netloc and seen.startswith("/") and not seen.startswith("//")


def test_the_measure_itself_measures() -> None:
    assert not [place for place in ELSEWHERE[:10] if stays(place)]
    assert all(stays(place) for place in OURS)


@pytest.mark.parametrize("place", ELSEWHERE, ids=repr)
async def test_after_signing_in_or_up(
    client: httpx.AsyncClient, server: Server, cast: Cast, place: str
) -> None:
    form = {"email": cast.alice.email, "password": PASSWORD, "next": place}
    joining = {**form, "username": "grace", "name": "Grace", "email": "grace@example.org"}
    for path, data in (("/sign-in", form), ("/sign-up", joining)):
        async with server.client() as visitor:
            answer = await visitor.post(path, data=data)
            assert answer.status_code == 303
            assert stays(answer.headers["location"])
    shown = (await client.get(f"/sign-in?next={quote(place)}")).text
    assert 'name="next" value="/"' in shown


@pytest.mark.parametrize("place", ["//evil.example/", "https://evil.example/", "/\\evil.example"])
async def test_after_the_second_step(server: Server, cast: Cast, place: str) -> None:
    app = await turn_on(cast.alice)
    async with server.client() as alice:
        form = {"email": cast.alice.email, "password": PASSWORD, "next": place}
        assert (await alice.post("/sign-in", data=form)).headers["location"] == "/sign-in/code?next=/"
        answer = await alice.post("/sign-in/code", data={"otp": app.code(), "next": place})
        assert (answer.status_code, answer.headers["location"]) == (303, "/")


@pytest.mark.parametrize("place", OURS)
async def test_the_neighbour_a_place_of_ours_is_where_one_goes(
    server: Server, cast: Cast, place: str
) -> None:
    async with server.client() as alice:
        form = {"email": cast.alice.email, "password": PASSWORD, "next": place}
        assert (await alice.post("/sign-in", data=form)).headers["location"] == place


TARGETS = [
    "//evil.example/settings",
    "//evil.example/%2e%2e/settings",
    "/\\evil.example/settings",
    "//evil.example",
    "//evil.example/admin",
    "/posts/{post}//evil.example",
    "/posts/{post}/%2f%2fevil.example",
    "//evil.example/posts/{post}/x",
    "http://evil.example/settings",
    "/settings/",
    "/admin",
]


@pytest.mark.parametrize("target", TARGETS)
async def test_by_what_stands_in_the_address(server: Server, cast: Cast, target: str) -> None:
    """What redirects by itself: to sign in, to a thread's newest name, to a slash at the end."""
    path = target.format(post=await open_thread(cast.alice))
    for cookie in ((), (f"Cookie: hubbub_session={cast.ada.token}",)):
        answer = (await get_raw(server, path, *cookie)).decode("latin-1")
        location = re.search(r"(?im)^location: *(.*?)\r?$", answer)
        assert location is None or stays(location[1]), answer
        assert "evil.example" not in (location[1].partition("?")[0] if location else "")


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1@evil.example", "evil.example:80", "127.0.0.1:1#evil.example"]
)
async def test_by_the_host_that_a_request_names(server: Server, cast: Cast, host: str) -> None:
    """A link that is mailed leads to us, whatever host was asked, or its token would go elsewhere."""
    async with server.client(headers={"Host": host, "X-Forwarded-Host": "evil.example"}) as mallory:
        await mallory.post(f"{BASE}/password-resets", json={"email": cast.alice.email})
        await mallory.post("/password-resets", data={"email": cast.bob.email})
        answer = await mallory.post(
            "/sign-in", data={"email": cast.bob.email, "password": PASSWORD, "next": "/@bob"}
        )
        assert answer.headers.get("location", "/@bob") == "/@bob"
    await work_off()
    mails = await kept.list_mails()
    # A host that is none at all is refused with the whole request.
    assert mails or "#" in host
    assert all("/password-resets/" in mail.text and "evil" not in mail.text + mail.html for mail in mails)


async def test_links_of_people_do_not_lead_on_in_our_name(as_: Clients, cast: Cast) -> None:
    post = await as_(cast.mallory).post(
        f"{BASE}/posts",
        json={"title": "A link", "body": "[here](//evil.example) [there](https://evil.example)"},
    )
    html = post.json()["data"]["body_html"]
    links = re.findall(r"<a [^>]*>", html)
    assert links
    assert all('rel="nofollow ugc noopener"' in link for link in links)
    assert "target=" not in html
