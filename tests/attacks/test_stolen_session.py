"""A session and a password in the wrong hands: who is asked for codes loses neither address nor account to them."""

from collections.abc import Callable

import httpx
import pytest

from app.accounts.second_factor.checks import TRIES
from app.database.engine import DB
from tests.api import BASE, fields, refused, shown
from tests.cast import PASSWORD, Cast, Member
from tests.second_factor import RECOVERY, turn_on

Clients = Callable[[Member], httpx.AsyncClient]

NEW = "thief@example.org"


async def change_address(client: httpx.AsyncClient, member: Member, **more: str) -> httpx.Response:
    return await client.put(f"{BASE}/me/email", json={"email": NEW, "password": PASSWORD, **more})


async def delete_account(client: httpx.AsyncClient, member: Member, **more: str) -> httpx.Response:
    body = {"password": PASSWORD, "content": "remove", **more}
    return await client.put(f"{BASE}/users/{member.id}/deletion", json=body)


async def stands(member: Member) -> bool:
    """Whether nothing has happened to the account, and nothing was begun."""
    rows = await DB.fetch("SELECT FROM users WHERE id = $1 AND left_at IS NULL", member.id)
    return bool(rows) and not await DB.fetch('SELECT FROM email_changes WHERE "user" = $1', member.id)


each_way = pytest.mark.parametrize("deed", [change_address, delete_account])
PAGES = {
    "/settings/email": {"email": NEW, "password": PASSWORD},
    "/settings/account/deletion": {"password": PASSWORD, "content": "remove"},
}


@each_way
async def test_the_password_alone_does_neither(cast: Cast, as_: Clients, deed) -> None:
    app, thief = await turn_on(cast.alice), as_(cast.alice)
    assert fields(refused(await deed(thief, cast.alice), 401, "otp_required")) == {"otp": "otp_required"}
    errors = refused(await deed(thief, cast.alice, otp=app.wrong()), 401, "otp_invalid")
    assert fields(errors) == {"otp": "otp_invalid"}
    assert await stands(cast.alice)
    shown(await deed(thief, cast.alice, otp=app.code()))
    assert not await stands(cast.alice)
    shown(await deed(as_(cast.bob), cast.bob))
    assert not await stands(cast.bob), "who has no codes is asked for none"


@each_way
async def test_a_code_without_the_password_does_not_even_say_that_codes_are_asked_for(
    cast: Cast, as_: Clients, deed
) -> None:
    app, thief = await turn_on(cast.alice), as_(cast.alice)
    wrong = {"password": "not the right one", "otp": app.code()}
    errors = refused(await deed(thief, cast.alice, **wrong), 422, "invalid")
    assert fields(errors) == {"password": "invalid"}
    assert await stands(cast.alice)
    shown(await deed(thief, cast.alice, otp=app.code()))


@each_way
async def test_a_code_that_was_seen_once_is_spent(cast: Cast, as_: Clients, deed) -> None:
    app, thief = await turn_on(cast.alice), as_(cast.alice)
    seen = app.code()
    body = {"email": cast.alice.email, "password": PASSWORD, "otp": seen}
    shown(await thief.post(f"{BASE}/session", json=body))
    refused(await deed(thief, cast.alice, otp=seen), 401, "otp_invalid")
    assert await stands(cast.alice)
    shown(await deed(thief, cast.alice, otp=app.code(1)))


@each_way
async def test_a_recovery_code_will_do_once(cast: Cast, as_: Clients, deed) -> None:
    await turn_on(cast.alice)
    alice = as_(cast.alice)
    refused(await deed(alice, cast.alice, otp="AAAA-BBBB-CCCC-7777"), 401, "otp_invalid")
    shown(await deed(alice, cast.alice, otp=RECOVERY[0].lower()))
    assert not await DB.fetch(
        'SELECT FROM recovery_codes WHERE "user" = $1 OFFSET $2', cast.alice.id, len(RECOVERY) - 1
    )


@each_way
async def test_guesses_of_the_code_run_out(cast: Cast, as_: Clients, deed) -> None:
    app, thief = await turn_on(cast.alice), as_(cast.alice)
    for _ in range(TRIES):
        refused(await deed(thief, cast.alice, otp=app.wrong()), 401, "otp_invalid")
    refused(await deed(thief, cast.alice, otp=app.code()), 429, "rate_limited")
    assert await stands(cast.alice)


@pytest.mark.parametrize("path", PAGES)
async def test_the_pages_ask_as_well(cast: Cast, as_: Clients, path: str) -> None:
    app, thief = await turn_on(cast.alice), as_(cast.alice)
    shown_at = path.removesuffix("/deletion")
    assert 'name="otp"' in (await thief.get(shown_at)).text
    assert 'name="otp"' not in (await as_(cast.bob).get(shown_at)).text
    for otp, said in (("", "Enter the code"), (app.wrong(), "This code is not good now")):
        answer = await thief.post(path, data={**PAGES[path], "otp": otp})
        assert answer.status_code == 422
        assert said in answer.text
        assert PAGES[path].get("email", "") in answer.text
        assert PASSWORD not in answer.text
        assert await stands(cast.alice)
    answer = await thief.post(path, data={**PAGES[path], "otp": app.code()})
    assert answer.status_code == 303
    assert not await stands(cast.alice)


@pytest.mark.parametrize("path", PAGES)
async def test_the_pages_tell_when_guesses_have_run_out(cast: Cast, as_: Clients, path: str) -> None:
    app, thief = await turn_on(cast.alice), as_(cast.alice)
    answers = [await thief.post(path, data={**PAGES[path], "otp": app.wrong()}) for _ in range(TRIES + 1)]
    assert [answer.status_code for answer in answers] == [422] * TRIES + [429]
    assert answers[-1].headers["retry-after"]
    assert "Too many codes were wrong" in answers[-1].text
