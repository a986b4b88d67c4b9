"""A sign-in in a new place is told by mail; one in a known browser is not."""

from datetime import UTC, datetime
from typing import Any

import httpx

from app.accounts import mails
from app.database.engine import DB
from tests.cast import PASSWORD, Cast, Member

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


async def sign_in(client: httpx.AsyncClient, member: Member, agent: str = FIREFOX) -> None:
    credentials = {"email": member.email, "password": PASSWORD}
    answer = await client.post("/sign-in", data=credentials, headers={"User-Agent": agent})
    assert answer.status_code == 303


async def told() -> list[Any]:
    return await DB.fetch(
        """SELECT payload->>'user_id' AS id, payload->>'device' AS device, payload->>'place' AS place
        FROM outbox WHERE job = 'send_sign_in_notice' ORDER BY id"""
    )


async def forget_browser(client: httpx.AsyncClient) -> None:
    client.cookies.clear()


async def test_the_first_browser_of_all_is_not_told(cast: Cast, client: httpx.AsyncClient) -> None:
    await sign_in(client, cast.alice)
    assert await told() == []


async def test_a_second_browser_is_told_once(cast: Cast, client: httpx.AsyncClient) -> None:
    await sign_in(client, cast.alice)
    await forget_browser(client)
    await sign_in(client, cast.alice)
    assert await told() == [(str(cast.alice.id), "Firefox on Linux", "127.0.0.1")]
    client.cookies.delete("hubbub_session")
    await sign_in(client, cast.alice)
    assert len(await told()) == 1, "it is known by now"


async def test_another_members_browser_is_new_for_this_one(cast: Cast, client: httpx.AsyncClient) -> None:
    for member in (cast.alice, cast.bob):
        await sign_in(client, member)
        await forget_browser(client)
    await sign_in(client, cast.alice)
    client.cookies.delete("hubbub_session")
    await sign_in(client, cast.bob)
    assert [row["id"] for row in await told()] == [str(cast.alice.id), str(cast.bob.id)]


async def test_a_failed_sign_in_is_not_told(cast: Cast, client: httpx.AsyncClient) -> None:
    await sign_in(client, cast.alice)
    await forget_browser(client)
    wrong = {"email": cast.alice.email, "password": "not the right one"}
    assert (await client.post("/sign-in", data=wrong)).status_code == 422
    assert await told() == []


async def test_registration_makes_its_browser_known(client: httpx.AsyncClient) -> None:
    person = {"username": "carol", "name": "Carol", "email": "carol@example.org", "password": PASSWORD}
    assert (await client.post("/sign-up", data=person)).status_code == 303
    client.cookies.delete("hubbub_session")
    credentials = {"email": person["email"], "password": PASSWORD}
    assert (await client.post("/sign-in", data=credentials)).status_code == 303
    assert await told() == []
    await forget_browser(client)
    assert (await client.post("/sign-in", data=credentials)).status_code == 303
    assert len(await told()) == 1


async def test_a_stranger_who_knows_the_password_puts_no_words_into_the_mail(
    cast: Cast, client: httpx.AsyncClient
) -> None:
    await sign_in(client, cast.alice)
    await forget_browser(client)
    await sign_in(client, cast.alice, "All is well, see casino.example")
    assert [row["device"] for row in await told()] == ["Unknown device"]


async def test_the_mail_says_where_and_when_and_what_to_do(cast: Cast) -> None:
    at = datetime(2026, 11, 28, 14, 2, tzinfo=UTC)
    mail = await mails.sign_in_notice(cast.alice.id, "1", "Firefox on Linux", "192.0.2.7", at)
    assert mail is not None
    for said in (mail.text, mail.html):
        for word in (
            "Firefox on Linux",
            "192.0.2.7",
            "28 November 2026 at 14:02 UTC",
            "/password-resets/new",
        ):
            assert word in said
        assert "You get this mail because" in said
    await DB.fetch("UPDATE users SET left_at = now() WHERE id = $1", cast.alice.id)
    assert await mails.sign_in_notice(cast.alice.id, "1", "Firefox", "192.0.2.7", at) is None
