"""Session fixation: whoever plants a session, a half sign-in or a reply in a victim's browser gains nothing by it."""

from collections.abc import Callable

import httpx
import pytest

from app.database.engine import DB
from tests.api import BASE, shown
from tests.cast import PASSWORD, Cast, Member
from tests.second_factor import turn_on
from tests.serving import Server

Clients = Callable[[Member], httpx.AsyncClient]

PLANTED = "a-token-that-mallory-has-made-up-and-planted"


async def who(client: httpx.AsyncClient) -> str | None:
    answer = await client.get(f"{BASE}/me")
    return answer.json()["data"]["username"] if answer.status_code == 200 else None


async def by_api(client: httpx.AsyncClient, member: Member) -> None:
    shown(await client.post(f"{BASE}/session", json={"email": member.email, "password": PASSWORD}))


async def by_page(client: httpx.AsyncClient, member: Member) -> None:
    answer = await client.post("/sign-in", data={"email": member.email, "password": PASSWORD})
    assert answer.status_code == 303


async def by_registration(client: httpx.AsyncClient, _member: Member) -> None:
    body = {"username": "grace", "name": "Grace", "email": "grace@example.org", "password": PASSWORD}
    shown(await client.post(f"{BASE}/registrations", json=body), 201)


each_way = pytest.mark.parametrize("come_in", [by_api, by_page, by_registration])


@each_way
async def test_a_made_up_session_never_becomes_one(server: Server, cast: Cast, come_in) -> None:
    async with server.client(PLANTED) as victim, server.client(PLANTED) as mallory:
        await come_in(victim, cast.alice)
        assert await who(victim) in {"alice", "grace"}
        assert victim.cookies.get("hubbub_session", domain="127.0.0.1") != PLANTED
        assert await who(mallory) is None


@pytest.mark.parametrize("come_in", [by_api, by_page])
async def test_a_session_of_mallorys_own_is_replaced_and_ends(server: Server, cast: Cast, come_in) -> None:
    async with server.client(cast.mallory.token) as victim, server.client(cast.mallory.token) as mallory:
        assert await who(mallory) == "mallory"
        await come_in(victim, cast.alice)
        assert await who(victim) == "alice"
        assert await who(mallory) is None, "it is nobody's: not alice's, and not mallory's any more"


async def test_every_sign_in_has_a_new_token(server: Server, cast: Cast) -> None:
    async with server.client() as alice:
        seen = set()
        for _ in range(3):
            await by_api(alice, cast.alice)
            seen.add(alice.cookies["hubbub_session"])
        assert len(seen) == 3
    rows = await DB.fetch('SELECT count(*) FROM sessions WHERE "user" = $1', cast.alice.id)
    assert rows[0][0] == 2, "hers from before, and the newest of this browser"


async def test_a_half_sign_in_is_finished_by_a_code_of_its_own_member_only(
    server: Server, cast: Cast
) -> None:
    """Mallory's own half sign-in, planted, takes no code of alice's; nor hers one of mallory's."""
    alices, mallorys = await turn_on(cast.alice), await turn_on(cast.mallory)
    async with server.client() as mallory, server.client() as victim:
        await by_page(mallory, cast.mallory)
        victim.cookies.set("hubbub_sign_in", mallory.cookies["hubbub_sign_in"])
        assert (await victim.post("/sign-in/code", data={"otp": alices.code()})).status_code == 422
        assert await who(victim) is None
        assert (await victim.post("/sign-in/code", data={"otp": mallorys.code()})).status_code == 303
        assert await who(victim) == "mallory", "the neighbour: with both it is a sign-in"


async def test_a_session_in_the_address_is_not_looked_at(client: httpx.AsyncClient, cast: Cast) -> None:
    for name in ("hubbub_session", "session", "token", "sid"):
        answer = await client.get(f"{BASE}/me?{name}={cast.alice.token}")
        assert answer.status_code == 401
        assert "set-cookie" not in answer.headers


async def test_of_two_cookies_of_one_name_no_session_is_made(server: Server, cast: Cast) -> None:
    cookies = f"hubbub_session={PLANTED}; hubbub_session={PLANTED}x"
    async with server.client(headers={"Cookie": cookies}) as victim:
        assert await who(victim) is None
    assert not await DB.fetch("SELECT FROM sessions WHERE token_hash = sha256($1::text::bytea)", PLANTED)
