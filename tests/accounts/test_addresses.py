"""An address changes when its new mailbox says so, the old one hears of it, and a link is good for nothing else."""

import asyncio
import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from app.accounts import verification
from app.accounts.addresses import links
from app.accounts.resets import links as resets
from app.database.engine import DB
from app.mail import kept
from tests.accounts.test_security import is_in
from tests.api import BASE, fields, refused, shown
from tests.cast import PASSWORD, Cast, Member, enter
from tests.working_off import work_off

Clients = Callable[[Member], httpx.AsyncClient]

NEW = "al@example.org"


async def ask(client: httpx.AsyncClient, email: str = NEW, password: str = PASSWORD) -> httpx.Response:
    return await client.put(f"{BASE}/me/email", json={"email": email, "password": password})


async def issue() -> str:
    """A link for the change that was asked for last."""
    rows = await DB.fetch("SELECT max(id) AS id FROM email_changes")
    issued = await links.issue(rows[0]["id"])
    assert issued
    return issued.token


async def confirm(client: httpx.AsyncClient, token: str) -> httpx.Response:
    return await client.put(f"{BASE}/email-verifications/{token}")


async def me(client: httpx.AsyncClient) -> Any:
    return shown(await client.get(f"{BASE}/me"))


async def letters() -> dict[str, list[str]]:
    """The texts of all mails by who got them, oldest first."""
    found: dict[str, list[str]] = {}
    for mail in reversed(await kept.list_mails()):
        found.setdefault(mail.recipient, []).append(mail.text)
    return found


async def test_from_one_address_to_another(cast: Cast, as_: Clients) -> None:
    alice = as_(cast.alice)
    asked = await alice.post("/settings/email", data={"email": " Al@Example.org ", "password": PASSWORD})
    assert (asked.status_code, asked.headers["location"]) == (303, "/settings/email?saved=email")
    assert NEW in (await alice.get("/settings/email")).text
    await work_off()
    told = await letters()
    assert told.keys() == {NEW, cast.alice.email}
    assert NEW not in told[cast.alice.email][0], "the old one may be read by somebody else"
    [link] = re.findall(r"/email-changes/\S+", told[NEW][0])
    for _ in range(2):
        assert "Use this address from now on?" in (await alice.get(link)).text
    assert (await me(alice))["email"] == cast.alice.email, "to open the link changes nothing"
    answer = await alice.post(link)
    assert (answer.status_code, answer.headers["location"]) == (303, "/settings/email?saved=new-email")
    assert (await me(alice))["email"] == NEW
    assert (await me(alice))["activated_at"]
    await work_off()
    assert "another address now" in (await letters())[cast.alice.email][1]


async def test_the_api_confirms_as_it_confirms_the_first_one(cast: Cast, as_: Clients) -> None:
    alice = as_(cast.alice)
    assert shown(await ask(alice))["email"] == cast.alice.email
    assert shown(await confirm(alice, await issue()))["email"] == NEW


async def test_token_reuse_even_by_many_at_once(cast: Cast, as_: Clients) -> None:
    alice = as_(cast.alice)
    await ask(alice)
    token = await issue()
    answers = await asyncio.gather(*(confirm(alice, token) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 401, 401, 401]
    assert (await alice.post(f"/email-changes/{token}")).status_code == 422


async def test_an_account_given_away_by_a_slip_of_the_pen(
    cast: Cast, as_: Clients, client: httpx.AsyncClient
) -> None:
    await ask(as_(cast.alice), "mallory.too@example.org")
    token = await issue()
    for other in (as_(cast.mallory), client):
        refused(await confirm(other, token), 401, "invalid_token")
    assert (await as_(cast.mallory).get(f"/email-changes/{token}")).status_code == 404
    assert (await as_(cast.mallory).post(f"/email-changes/{token}")).status_code == 422
    assert (await client.get(f"/email-changes/{token}")).headers["location"].startswith("/sign-in")
    assert (await client.post(f"/email-changes/{token}")).status_code == 401
    assert shown(await confirm(as_(cast.alice), token))["email"] == "mallory.too@example.org"


async def test_a_second_wish_kills_the_link_of_the_first(cast: Cast, as_: Clients) -> None:
    alice = as_(cast.alice)
    await ask(alice, "typo@example.org")
    first = await issue()
    await ask(alice)
    refused(await confirm(alice, first), 401, "invalid_token")
    assert shown(await confirm(alice, await issue()))["email"] == NEW
    await work_off()
    assert "typo@example.org" not in await letters(), "what is not wanted any more is not mailed"


@pytest.mark.parametrize("way", ["button", "own address"])
async def test_it_can_be_taken_back(cast: Cast, as_: Clients, way: str) -> None:
    alice = as_(cast.alice)
    await ask(alice)
    token = await issue()
    if way == "button":
        assert (await alice.post("/settings/email/removal")).status_code == 303
    else:
        await ask(alice, cast.alice.email)
    assert NEW not in (await alice.get("/settings/email")).text
    refused(await confirm(alice, token), 401, "invalid_token")


async def test_it_is_dead_after_a_new_password_and_so_after_a_reset(cast: Cast, as_: Clients) -> None:
    alice = as_(cast.alice)
    await ask(alice)
    token = await issue()
    change = {"current": PASSWORD, "password": "another long pass phrase"}
    assert (await alice.put(f"{BASE}/me/password", json=change)).status_code == 200
    refused(await confirm(alice, token), 401, "invalid_token")
    assert (await me(alice))["email"] == cast.alice.email


async def test_it_ends_the_reset_links_that_went_to_the_old_address(cast: Cast, as_: Clients) -> None:
    alice = as_(cast.alice)
    reset = await resets.issue(cast.alice.email, "one")
    assert reset
    await ask(alice)
    assert (await confirm(alice, await issue())).status_code == 200
    refused(
        await alice.put(f"{BASE}/password-resets/{reset.token}", json={"password": "some long words"}),
        401,
        "invalid_token",
    )


async def test_it_is_good_for_a_day(cast: Cast, as_: Clients) -> None:
    alice = as_(cast.alice)
    await ask(alice)
    token = await issue()
    await DB.fetch("UPDATE email_changes SET expires_at = expires_at - interval '23 hours 59 minutes'")
    assert (await alice.get(f"/email-changes/{token}")).status_code == 200
    await DB.fetch("UPDATE email_changes SET expires_at = expires_at - interval '2 minutes'")
    assert (await alice.get(f"/email-changes/{token}")).status_code == 404
    refused(await confirm(alice, token), 401, "invalid_token")
    await links.drop_old()
    assert await DB.fetch("SELECT FROM email_changes") == []


async def test_an_address_that_was_taken_in_between(cast: Cast, as_: Clients) -> None:
    alice = as_(cast.alice)
    await ask(alice, "dora@example.org")
    token = await issue()
    await enter("dora")
    assert fields(refused(await confirm(alice, token), 422, "taken")) == {"email": "taken"}
    page = await alice.post(f"/email-changes/{token}")
    assert page.status_code == 422
    assert "Another account has this address." in page.text
    assert (await me(alice))["email"] == cast.alice.email


async def test_of_two_who_want_the_same_address_one_gets_it(cast: Cast, as_: Clients) -> None:
    members = [cast.alice, cast.bob]
    tokens = []
    for member in members:
        await ask(as_(member))
        tokens.append(await issue())
    answers = await asyncio.gather(
        *(confirm(as_(member), token) for member, token in zip(members, tokens, strict=True))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 422]


async def test_use_for_another_purpose(cast: Cast, as_: Clients, client: httpx.AsyncClient) -> None:
    alice = as_(cast.alice)
    await ask(alice)
    token = await issue()
    reset = await resets.issue(cast.alice.email, "one")
    assert reset
    for stolen in (reset.token, cast.alice.token, await verification.issue(cast.alice.id, cast.alice.email)):
        assert (await alice.get(f"/email-changes/{stolen}")).status_code == 404
        assert (await alice.post(f"/email-changes/{stolen}")).status_code == 422
    answer = await alice.put(f"{BASE}/password-resets/{token}", json={"password": "some long words"})
    refused(answer, 401, "invalid_token")
    assert (await alice.post(f"/email-verifications/{token}")).status_code == 422
    client.cookies.set("hubbub_session", token)
    assert not await is_in(client)
    assert (await me(alice))["email"] == cast.alice.email


async def test_the_token_is_stored_nowhere_and_its_page_tells_nobody(cast: Cast, as_: Clients) -> None:
    alice = as_(cast.alice)
    await ask(alice)
    token = await issue()
    rows = await DB.fetch(
        "SELECT email_changes::text AS row FROM email_changes UNION ALL SELECT outbox::text FROM outbox"
    )
    assert len(rows) == 3
    assert not [row for row in rows if token in row["row"] or token.encode().hex() in row["row"]]
    page = await alice.get(f"/email-changes/{token}")
    assert (page.headers["referrer-policy"], page.headers["cache-control"]) == ("strict-origin", "no-store")


async def test_another_site_cannot_confirm(cast: Cast, as_: Clients) -> None:
    alice = as_(cast.alice)
    await ask(alice)
    answer = await alice.post(f"/email-changes/{await issue()}", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert (await me(alice))["email"] == cast.alice.email


async def test_of_a_mail_sent_twice_both_links_are_good(cast: Cast, as_: Clients) -> None:
    await ask(as_(cast.alice))
    first, second = await issue(), await issue()
    assert first != second
    assert (await as_(cast.alice).get(f"/email-changes/{second}")).status_code == 200
    assert (await confirm(as_(cast.alice), first)).status_code == 200
