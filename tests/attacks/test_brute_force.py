"""Brute force: guesses are counted whatever address they claim to come from, and whatever is guessed."""

import asyncio
from collections import Counter
from collections.abc import Iterator

import httpx
import pytest

from app.accounts.second_factor import sign_ins
from app.accounts.second_factor.checks import TRIES
from app.database.redis import connect
from tests.api import BASE, refused, shown
from tests.cast import PASSWORD, Cast
from tests.second_factor import turn_on
from tests.serving import Server

WRONG = "not the right pass phrase"
WIDE = {f"limit_{name}": "0/day" for name in ("anonymous", "account", "address", "sign_in", "password")}
CLAIMS = [
    lambda n: {"X-Forwarded-For": f"203.0.113.{n}"},
    lambda n: {"X-Forwarded-For": f"203.0.113.{n}, 127.0.0.1"},
    lambda n: {"X-Forwarded-For": f"::ffff:203.0.113.{n}"},
    lambda n: {"X-Real-IP": f"203.0.113.{n}"},
    lambda n: {"Forwarded": f"for=203.0.113.{n}"},
    lambda n: {"True-Client-IP": f"203.0.113.{n}", "CF-Connecting-IP": f"203.0.113.{n}"},
    lambda n: {"X-Client-IP": f"203.0.113.{n}", "X-Forwarded-Host": f"h{n}.example"},
]  # fmt: skip


@pytest.fixture(scope="module")
def open_to_all(_pool) -> Iterator[Server]:
    """A server with no proxy before it: nobody's word about an address counts."""
    server = Server(rate_limits="on", limit_failures="4/day", **WIDE)
    try:
        yield server.start()
    finally:
        server.close()


@pytest.fixture(autouse=True)
async def _forgotten(database) -> None:
    client = connect()
    await client.flushdb()
    await client.aclose()


async def guess(client: httpx.AsyncClient, email: str, headers: dict[str, str], password: str = WRONG) -> int:
    body = {"email": email, "password": password}
    return (await client.post(f"{BASE}/session", json=body, headers=headers)).status_code


@pytest.mark.parametrize("claim", range(len(CLAIMS)))
async def test_spoofed_addresses_are_one_address(open_to_all: Server, cast: Cast, claim: int) -> None:
    async with open_to_all.client() as mallory:
        codes = [await guess(mallory, cast.alice.email, CLAIMS[claim](number)) for number in range(7)]
        assert codes == [401] * 4 + [429] * 3
        right = await guess(mallory, cast.alice.email, CLAIMS[claim](99), PASSWORD)
        assert right == 429, "nor does the right one open the door now"
        assert await guess(mallory, cast.bob.email, CLAIMS[claim](1), PASSWORD) == 200, "the neighbour"


async def test_api_and_page_are_one_door(open_to_all: Server, cast: Cast) -> None:
    data = {"email": cast.alice.email, "password": WRONG}
    async with open_to_all.client() as mallory:
        codes = [(await mallory.post("/sign-in", data=data)).status_code for _ in range(3)]
        codes += [await guess(mallory, cast.alice.email, {}) for _ in range(3)]
    assert codes == [422] * 3 + [401] + [429] * 2


async def test_of_many_guesses_at_once_none_slips_through(open_to_all: Server, cast: Cast) -> None:
    async with open_to_all.client() as mallory:
        guesses = [guess(mallory, cast.alice.email, CLAIMS[0](number)) for number in range(20)]
        assert Counter(await asyncio.gather(*guesses)) == {401: 4, 429: 16}


async def test_codes_cannot_be_tried_through(server: Server, cast: Cast) -> None:
    """Who knows the password has a few tries of a million, however many sign-ins they begin."""
    app = await turn_on(cast.alice)
    body = {"email": cast.alice.email, "password": PASSWORD}
    async with server.client() as mallory, server.client() as alice:
        for number in range(TRIES):
            answer = await mallory.post(
                f"{BASE}/session", json={**body, "otp": app.wrong()}, headers=CLAIMS[0](number)
            )
            refused(answer, 401, "otp_invalid")
        refused(await mallory.post(f"{BASE}/session", json={**body, "otp": app.code()}), 429, "rate_limited")
        shown(await alice.post(f"{BASE}/session", json={**body, "otp": "aaaa-bbbb-cccc-2222"}))


async def test_one_half_sign_in_is_good_for_few_codes(server: Server, cast: Cast) -> None:
    app = await turn_on(cast.alice)
    async with server.client() as mallory:
        await mallory.post("/sign-in", data={"email": cast.alice.email, "password": PASSWORD})
        answers = [
            await mallory.post("/sign-in/code", data={"otp": app.wrong()}) for _ in range(sign_ins.TRIES)
        ]
        assert {answer.status_code for answer in answers} <= {422, 303}
        answer = await mallory.post("/sign-in/code", data={"otp": app.code()})
        assert answer.headers["location"].startswith("/sign-in?again=1")
        assert (await mallory.get(f"{BASE}/me")).status_code == 401


async def test_passwords_that_are_asked_for_once_more_are_counted(serve, cast: Cast) -> None:
    """With a stolen session the password could be guessed where it is asked for before a change."""
    server = serve(rate_limits="on", **{**WIDE, "limit_password": "4/day"})
    places = [
        ("PUT", f"{BASE}/me/password", {"current": WRONG, "password": "another long pass phrase"}),
        ("PUT", f"{BASE}/me/email", {"password": WRONG, "email": "x@example.org"}),
        ("POST", f"{BASE}/me/totp", {"password": WRONG}),
        ("PUT", f"{BASE}/users/{cast.alice.id}/deletion", {"password": WRONG, "content": "keep"}),
    ]
    async with server.client(cast.alice.token) as thief:
        codes = [
            (await thief.request(method, path, json=body, headers=CLAIMS[0](number))).status_code
            for number, (method, path, body) in enumerate(places * 2)
        ]
        assert codes == [422] * 4 + [429] * 4
        shown(await thief.get(f"{BASE}/me"))
