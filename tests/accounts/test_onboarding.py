"""New members are shown their first steps until they have done or skipped them."""

from collections.abc import Callable

import httpx

from app.accounts.tokens.schemas import NewToken
from app.accounts.tokens.services import make_token
from tests.api import BASE, shown
from tests.cast import Cast, Member
from tests.pictures import picture
from tests.writers import open_thread

Clients = Callable[[Member], httpx.AsyncClient]

STRIP = 'aria-label="First steps"'
SIGN_UP = {"username": "dora", "name": "Dora", "email": "dora@example.org", "password": "a long pass phrase"}


async def test_from_sign_up_to_being_at_home(cast: Cast, client: httpx.AsyncClient) -> None:
    user = shown(await client.post(f"{BASE}/registrations", json=SIGN_UP), 201)
    assert user["onboarding_completed_at"] is None
    assert STRIP in (await client.get("/")).text
    page = (await client.get("/first-steps")).text
    assert page.count("is-done") == 1, "the name is there"
    file = {"file": ("face.png", picture(), "image/png")}
    await client.put(f"{BASE}/users/{user['id']}/avatar", files=file)
    await client.post(f"{BASE}/posts", json={"title": "A first word", "body": "Hello.", "tags": []})
    page = (await client.get("/first-steps")).text
    assert page.count("is-done") == 3
    assert ">Done</button>" in page
    answer = await client.post("/first-steps/completion")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert STRIP not in (await client.get("/")).text
    assert shown(await client.get(f"{BASE}/me"))["onboarding_completed_at"]


async def test_they_can_be_skipped_and_that_is_kept(cast: Cast, as_: Clients) -> None:
    alice = as_(cast.alice)
    assert STRIP in (await alice.get("/")).text
    await alice.post("/first-steps/completion")
    first = shown(await alice.get(f"{BASE}/me"))["onboarding_completed_at"]
    assert first
    await alice.post("/first-steps/completion")
    assert shown(await alice.get(f"{BASE}/me"))["onboarding_completed_at"] == first
    assert "/first-steps/completion" not in (await alice.get("/first-steps")).text
    assert STRIP in (await as_(cast.bob).get("/")).text


async def test_a_reply_is_a_first_word_too(cast: Cast, as_: Clients) -> None:
    assert (await as_(cast.alice).get("/first-steps")).text.count("is-done") == 1
    await open_thread(cast.alice)
    assert (await as_(cast.alice).get("/first-steps")).text.count("is-done") == 2


async def test_they_are_not_in_the_way_elsewhere_nor_for_strangers(
    cast: Cast, as_: Clients, client: httpx.AsyncClient
) -> None:
    for path in ("/?q=bread", "/tags/bread", "/?page=2"):
        assert STRIP not in (await as_(cast.alice).get(path)).text
    assert STRIP not in (await client.get("/")).text
    assert (await client.get("/first-steps")).headers["location"].startswith("/sign-in")
    assert (await client.post("/first-steps/completion")).status_code == 401


async def test_nobody_else_completes_them(cast: Cast, as_: Clients, client: httpx.AsyncClient) -> None:
    lent = await make_token(cast.alice.viewer, NewToken(name="tail", scopes=["read", "write"]))
    bearer = {"Authorization": f"Bearer {lent.token}"}
    assert (await client.post("/first-steps/completion", headers=bearer)).status_code == 403
    cross = {"Sec-Fetch-Site": "cross-site"}
    assert (await as_(cast.alice).post("/first-steps/completion", headers=cross)).status_code == 403
    assert shown(await as_(cast.alice).get(f"{BASE}/me"))["onboarding_completed_at"] is None
