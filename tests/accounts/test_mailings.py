"""No mailbox is flooded from many addresses, and nobody's one kind of mail takes another's place."""

from collections.abc import Iterator

import httpx
import pytest

from app.accounts.mailings import key_of
from app.database.engine import DB
from app.database.redis import connect
from tests.api import BASE, refused, shown
from tests.cast import PASSWORD, Cast
from tests.serving import Server

OFF = {f"limit_{name}": "0/day" for name in ("anonymous", "account", "address", "password")}
NOBODY = "nobody@example.org"


@pytest.fixture(scope="module")
def narrow(_pool) -> Iterator[Server]:
    """A server behind a proxy, at which only asking for mail is limited."""
    server = Server(rate_limits="on", trusted_proxies="127.0.0.1", limit_mail="3/day", **OFF)
    try:
        yield server.start()
    finally:
        server.close()


@pytest.fixture(autouse=True)
async def _forgotten(database) -> None:
    client = connect()
    await client.flushdb()
    await client.aclose()


async def ask(client: httpx.AsyncClient, email: str, number: int) -> httpx.Response:
    """For a reset, each time from another address."""
    headers = {"X-Forwarded-For": f"203.0.113.{number}"}
    return await client.post(f"{BASE}/password-resets", json={"email": email}, headers=headers)


async def test_a_botnet_fills_nobodys_mailbox(narrow: Server, cast: Cast) -> None:
    async with narrow.client() as client:
        spelt = [cast.alice.email, cast.alice.email.upper(), f" {cast.alice.email}"]
        for number, email in enumerate(spelt):
            shown(await ask(client, email, number), 202)
        answer = await ask(client, cast.alice.email, 9)
        errors = refused(answer, 429, "rate_limited")
        assert errors[0]["message"].startswith("Many mails went to this address already.")
        assert int(answer.headers["retry-after"]) > 0
        shown(await ask(client, cast.bob.email, 10), 202)
    jobs = await DB.fetch("SELECT count(*) FROM outbox WHERE job = 'send_password_reset'")
    assert jobs[0][0] == 4


async def test_whether_anybody_has_the_address_changes_nothing(narrow: Server, cast: Cast) -> None:
    async with narrow.client() as client:
        told = [
            [(answer.status_code, answer.json()) for answer in
             [await ask(client, email, 20 * which + number) for number in range(5)]]
            for which, email in enumerate((cast.alice.email, NOBODY))
        ]  # fmt: skip
    assert told[0] == told[1]
    assert [status for status, _ in told[0]] == [202] * 3 + [429] * 2


async def test_the_page_says_so_and_keeps_the_address(narrow: Server, cast: Cast) -> None:
    async with narrow.client() as client:
        for number in range(4):
            answer = await client.post(
                "/password-resets",
                data={"email": NOBODY},
                headers={"X-Forwarded-For": f"203.0.113.{number}"},
            )
    assert answer.status_code == 429
    assert "Many mails went to this address already." in answer.text
    assert f'value="{NOBODY}"' in answer.text
    assert answer.headers["retry-after"]


async def test_members_cannot_have_a_stranger_asked_again_and_again(narrow: Server, cast: Cast) -> None:
    body = {"email": "stranger@example.org", "password": PASSWORD}
    async with narrow.client(cast.bob.token) as bob, narrow.client(cast.mona.token) as mona:
        for client in (bob, mona, bob):
            shown(await client.put(f"{BASE}/me/email", json=body))
        refused(await mona.put(f"{BASE}/me/email", json=body), 429, "rate_limited")
        page = await bob.post("/settings/email", data=body)
        assert page.status_code == 429
        assert "Many mails went to this address already." in page.text
        shown(await mona.put(f"{BASE}/me/email", json={**body, "email": "other@example.org"}))


async def test_one_kind_of_mail_leaves_room_for_another(narrow: Server, cast: Cast) -> None:
    async with narrow.client(cast.mallory.token) as mallory, narrow.client() as alice:
        for _ in range(4):
            last = await mallory.put(
                f"{BASE}/me/email", json={"email": cast.alice.email, "password": PASSWORD}
            )
        assert last.status_code == 429
        shown(await ask(alice, cast.alice.email, 1), 202)


async def test_redis_holds_no_address(narrow: Server, cast: Cast) -> None:
    async with narrow.client() as client:
        await ask(client, cast.alice.email, 1)
    redis = connect()
    keys = [key.decode() for key in await redis.keys("hubbub:limit:*")]
    await redis.aclose()
    assert f"hubbub:limit:mail:reset:{key_of(cast.alice.email)}" in keys
    assert not any("@" in key or "alice" in key for key in keys)
