"""Guessing passwords is slow for who guesses, wherever from, and for nobody else."""

import asyncio
from collections.abc import Iterator

import pytest

from app.accounts.browsers import drop_old
from app.accounts.resets import links
from app.database.engine import DB
from app.database.redis import connect
from tests.api import BASE, refused, shown
from tests.cast import PASSWORD
from tests.serving import Server

WRONG = "not the right pass phrase"
NEW = "another long pass phrase"
HOME, AWAY = "203.0.113.7", "198.51.100.1"


@pytest.fixture(autouse=True)
async def _forgotten(database):
    client = connect()
    await client.flushdb()
    await client.aclose()


WIDE = {f"limit_{name}": "0/day" for name in ("anonymous", "account", "address", "sign_in")}
FEW = {"limit_failures": "3/day", "limit_failures_address": "6/day", "limit_failures_account": "9/day"}


@pytest.fixture(scope="module")
def pair(_pool) -> Iterator[list[Server]]:
    """Servers behind a proxy, at which only failed sign-ins are limited."""
    pair = [Server(rate_limits="on", trusted_proxies="127.0.0.1", **WIDE, **FEW) for _ in range(2)]
    try:
        yield [server.start() for server in pair]
    finally:
        for server in pair:
            server.close()


@pytest.fixture
def guarded(pair, database):
    return pair[0]


async def try_in(client, email, password=WRONG, place=AWAY):
    """What becomes of a sign-in from this address, with the browser that the client is."""
    body = {"email": email, "password": password}
    return await client.post(f"{BASE}/session", json=body, headers={"X-Forwarded-For": place})


async def statuses(client, *tries):
    return [(await try_in(client, *one)).status_code for one in tries]


class TestBruteForce:
    async def test_one_who_guesses_is_stopped_and_does_not_get_in_with_the_right_one_either(
        self, guarded, cast
    ):
        async with guarded.client() as mallory:
            assert await statuses(mallory, *[(cast.alice.email,)] * 5) == [401] * 3 + [429] * 2
            answer = await try_in(mallory, cast.alice.email, PASSWORD)
            errors = refused(answer, 429, "rate_limited")
            assert errors[0]["message"].startswith("Too many sign-ins failed.")
            assert int(answer.headers["retry-after"]) > 0

    async def test_an_invented_address_is_no_other_address(self, guarded, cast):
        async with guarded.client() as mallory:
            chains = [f"192.0.2.{number}, {AWAY}" for number in range(5)]
            tries = [(cast.alice.email, WRONG, chain) for chain in chains]
            assert await statuses(mallory, *tries) == [401] * 3 + [429] * 2

    async def test_an_address_given_in_capitals_is_the_same_account(self, guarded, cast):
        async with guarded.client() as mallory:
            spelt = [cast.alice.email, cast.alice.email.upper(), f" {cast.alice.email} "]
            codes = [(await try_in(mallory, email)).status_code for email in spelt * 2]
            assert codes.count(401) == 3

    async def test_many_guesses_at_once_are_never_more_than_allowed(self, pair, cast):
        async with pair[0].client() as one, pair[1].client() as other:
            guesses = [try_in(client, cast.alice.email) for client in (one, other) for _ in range(10)]
            codes = [answer.status_code for answer in await asyncio.gather(*guesses)]
        assert sorted(codes) == [401] * 3 + [429] * 17

    async def test_one_address_cannot_try_one_password_on_everybody(self, guarded, cast):
        async with guarded.client() as mallory:
            tries = [(f"member{number}@example.org",) for number in range(8)]
            assert await statuses(mallory, *tries) == [401] * 6 + [429] * 2
            assert await statuses(mallory, (cast.bob.email, PASSWORD, HOME)) == [200]

    async def test_guesses_from_everywhere_are_stopped_by_account(self, guarded, cast):
        async with guarded.client() as botnet:
            tries = [(cast.alice.email, WRONG, f"192.0.2.{number}") for number in range(12)]
            assert await statuses(botnet, *tries) == [401] * 9 + [429] * 3
            network = [(cast.bob.email, WRONG, f"2001:db8::{number:x}") for number in range(1, 6)]
            assert await statuses(botnet, *network) == [401] * 3 + [429] * 2

    async def test_an_own_account_between_guesses_clears_nothing(self, guarded, cast):
        async with guarded.client() as mallory:
            for _ in range(3):
                assert await statuses(mallory, (cast.alice.email,)) == [401]
                assert await statuses(mallory, (cast.mallory.email, PASSWORD)) == [200]
            assert await statuses(mallory, (cast.alice.email,)) == [429]

    async def test_whether_there_is_such_an_account_changes_nothing(self, guarded, cast):
        async with guarded.client() as mallory:
            told = []
            for email in (cast.alice.email, "nobody@example.org"):
                tries = [await try_in(mallory, email, WRONG, "192.0.2.1") for _ in range(3)]
                tries += [await try_in(mallory, email, WRONG, f"192.0.2.{n}") for n in range(2, 11)]
                told.append([(answer.status_code, answer.json()) for answer in tries])
        assert told[0] == told[1]


class TestLockOut:
    async def test_strangers_everywhere_do_not_keep_a_member_out_of_their_own_browser(self, guarded, cast):
        async with guarded.client() as alice, guarded.client() as botnet:
            shown(await try_in(alice, cast.alice.email, PASSWORD, HOME))
            assert (await alice.delete(f"{BASE}/session")).status_code == 204
            await DB.fetch("DELETE FROM sessions")
            tries = [(cast.alice.email, WRONG, f"192.0.2.{number}") for number in range(12)]
            assert (await statuses(botnet, *tries))[-1] == 429
            # At home, where strangers have used up the address too, and on a journey.
            assert (await statuses(botnet, *[(cast.alice.email, WRONG, HOME)] * 2))[-1] == 429
            for place in (HOME, "198.51.100.200"):
                shown(await try_in(alice, cast.alice.email, PASSWORD, place))

    async def test_nor_from_where_they_are_signed_in(self, guarded, cast):
        async with guarded.client() as alice, guarded.client() as phone, guarded.client() as botnet:
            shown(await try_in(alice, cast.alice.email, PASSWORD, HOME))
            tries = [(cast.alice.email, WRONG, f"192.0.2.{number}") for number in range(12)]
            assert (await statuses(botnet, *tries))[-1] == 429
            assert await statuses(phone, (cast.alice.email, PASSWORD, HOME)) == [200]
            assert await statuses(phone, (cast.bob.email, PASSWORD, "192.0.2.77")) == [200]

    @pytest.mark.parametrize("way", ["api", "page"])
    async def test_nor_from_where_they_set_a_new_password_by_mail(self, guarded, cast, way):
        """Else whoever is kept out would be sent to the mailed link, and be kept out after it as well."""
        async with guarded.client() as alice, guarded.client() as botnet:
            tries = [(cast.alice.email, WRONG, f"192.0.2.{number}") for number in range(12)]
            assert (await statuses(botnet, *tries))[-1] == 429
            assert await statuses(alice, (cast.alice.email, PASSWORD, HOME)) == [429]
            issued = await links.issue(cast.alice.email, "one")
            assert issued
            if way == "api":
                shown(await alice.put(f"{BASE}/password-resets/{issued.token}", json={"password": NEW}))
            else:
                await alice.post(f"/password-resets/{issued.token}", data={"password": NEW})
            assert await statuses(botnet, (cast.alice.email, NEW, HOME)) == [429]
            shown(await try_in(alice, cast.alice.email, NEW, HOME))

    async def test_a_known_browser_may_not_guess_for_ever_either(self, guarded, cast):
        async with guarded.client() as laptop:
            shown(await try_in(laptop, cast.alice.email, PASSWORD, HOME))
            assert await statuses(laptop, *[(cast.alice.email, WRONG, HOME)] * 5) == [401] * 3 + [429] * 2

    async def test_a_browser_is_known_for_its_own_members_only(self, guarded, cast):
        async with guarded.client() as mallory:
            shown(await try_in(mallory, cast.mallory.email, PASSWORD))
            tries = [(cast.alice.email, WRONG, f"192.0.2.{number}") for number in range(12)]
            assert (await statuses(mallory, *tries))[-1] == 429

    async def test_a_made_up_name_of_a_browser_is_not_known(self, guarded, cast):
        async with guarded.client() as mallory:
            codes = []
            for number in range(5):
                mallory.cookies.set("hubbub_browser", f"made-up-{number}")
                codes += await statuses(mallory, (cast.alice.email,))
            assert codes == [401] * 3 + [429] * 2

    async def test_right_passwords_never_count(self, guarded, cast):
        async with guarded.client() as alice:
            for _ in range(12):
                alice.cookies.clear()
                shown(await try_in(alice, cast.alice.email, PASSWORD))

    async def test_what_could_not_be_read_does_not_count(self, guarded, cast):
        async with guarded.client() as alice:
            for _ in range(6):
                assert (await try_in(alice, cast.alice.email, "")).status_code == 422
            shown(await try_in(alice, cast.alice.email, PASSWORD))


async def test_the_form_says_so_and_keeps_the_address(guarded, cast):
    async with guarded.client() as alice:
        form = {"email": cast.alice.email, "password": WRONG, "next": "/posts/new"}
        for _ in range(3):
            assert (await alice.post("/sign-in", data=form)).status_code == 422
        page = await alice.post("/sign-in", data=form)
    assert page.status_code == 429
    assert page.headers["retry-after"]
    assert "Too many sign-ins failed." in page.text
    assert f'value="{cast.alice.email}"' in page.text
    assert WRONG not in page.text
    assert 'name="next" value="/posts/new"' in page.text


async def test_a_browser_is_named_once_and_by_a_hash(client, cast):
    first = await client.post(f"{BASE}/session", json={"email": cast.alice.email, "password": PASSWORD})
    cookie = next(c for c in first.headers.get_list("set-cookie") if c.startswith("hubbub_browser="))
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    name = client.cookies["hubbub_browser"]
    await client.post(f"{BASE}/session", json={"email": cast.bob.email, "password": PASSWORD})
    assert client.cookies["hubbub_browser"] == name
    rows = await DB.fetch('SELECT "user", token_hash FROM known_browsers ORDER BY "user"')
    assert [row["user"] for row in rows] == [cast.alice.id, cast.bob.id]
    assert len({row["token_hash"] for row in rows}) == 1
    assert name.encode() not in rows[0]["token_hash"]


async def test_browsers_that_nobody_uses_are_forgotten(client, cast):
    for member in (cast.alice, cast.bob):
        await client.post(f"{BASE}/session", json={"email": member.email, "password": PASSWORD})
    await DB.fetch(
        """UPDATE known_browsers SET last_used_at = now() - interval '401 days' WHERE "user" = $1""",
        cast.bob.id,
    )
    await drop_old()
    assert [row["user"] for row in await DB.fetch('SELECT "user" FROM known_browsers')] == [cast.alice.id]


async def test_redis_holds_no_address_of_mail(guarded, cast):
    async with guarded.client() as mallory:
        await try_in(mallory, cast.alice.email)
    client = connect()
    keys = [key.decode() async for key in client.scan_iter("hubbub:limit:*")]
    await client.aclose()
    assert keys
    assert not [key for key in keys if "alice" in key or "example" in key]
