"""The page of the second factor, by its forms."""

import html
import re
from collections.abc import Callable

import httpx
import pytest

from app.accounts import mails
from app.accounts.second_factor.texts import hash_of, new_secret
from app.database.engine import DB
from tests.api import BASE, refused, shown
from tests.cast import PASSWORD, Cast, Member
from tests.second_factor import RECOVERY, App, codes_left, turn_on

Clients = Callable[[Member], httpx.AsyncClient]

PAGE = "/settings/two-factor"
SECRET, CODES = "hubbub_new_factor", "hubbub_new_codes"


def secret_in(page: httpx.Response) -> str | None:
    found = re.search(r"<code>([A-Z2-7]{32})</code>", page.text)
    return found and found.group(1)


def codes_in(page: httpx.Response) -> list[str]:
    return re.findall(r"\b(?:[A-Z2-7]{4}-){3}[A-Z2-7]{4}\b", page.text)


async def begin(client: httpx.AsyncClient) -> App:
    answer = await client.post(PAGE, data={"password": PASSWORD})
    assert (answer.status_code, answer.headers["location"]) == (303, PAGE)
    return App(secret_in(await client.get(PAGE)) or "")


async def test_it_is_set_up_and_the_codes_are_seen_once(cast: Cast, as_: Clients) -> None:
    alice = as_(cast.alice)
    app = await begin(alice)
    page = await alice.get(PAGE)
    assert page.headers["cache-control"] == "no-store"
    assert (
        html.unescape(page.text).count(f"otpauth://totp/Hubbub:alice?secret={app.secret}&issuer=Hubbub") == 1
    )
    assert "<svg" in page.text
    assert "style=" not in page.text
    answer = await alice.post(f"{PAGE}/code", data={"code": app.code()})
    assert (answer.status_code, answer.headers["location"]) == (303, PAGE)
    page = await alice.get(PAGE)
    codes = codes_in(page)
    assert len(codes) == 10
    assert "10 recovery codes left" in page.text
    rows = await DB.fetch("SELECT code_hash FROM recovery_codes")
    assert {row["code_hash"] for row in rows} == {hash_of(code) for code in codes}
    page = await alice.get(PAGE)
    assert (codes_in(page), secret_in(page)) == ([], None)


async def test_on_their_way_they_are_in_cookies_for_that_page_alone(cast: Cast, as_: Clients) -> None:
    alice = as_(cast.alice)
    cookie = (await alice.post(PAGE, data={"password": PASSWORD})).headers["set-cookie"]
    common = {"HttpOnly", f"Path={PAGE}", "SameSite=strict"}
    assert {part.strip() for part in cookie.split(";")[1:]} == common | {"Max-Age=1800"}
    app = App(secret_in(await alice.get(PAGE)) or "")
    answer = await alice.post(f"{PAGE}/code", data={"code": app.code()})
    kept, gone = answer.headers.get_list("set-cookie")
    assert {part.strip() for part in kept.split(";")[1:]} == common | {"Max-Age=60"}
    assert gone.startswith(f'{SECRET}=""')
    assert "Max-Age=0" in gone


async def test_a_wrong_code_shows_the_same_picture_again(cast: Cast, as_: Clients) -> None:
    alice = as_(cast.alice)
    app = await begin(alice)
    for code in (app.wrong(), ""):
        answer = await alice.post(f"{PAGE}/code", data={"code": code})
        assert answer.status_code == 422
        assert secret_in(answer) == app.secret
        assert 'aria-invalid="true"' in answer.text
    assert (await alice.post(f"{PAGE}/code", data={"code": app.code()})).status_code == 303


async def test_who_only_has_the_session_does_not_see_what_was_begun(cast: Cast, as_: Clients) -> None:
    app = await begin(as_(cast.alice))
    thief = as_(cast.alice)
    for answer in (await thief.get(PAGE), await thief.post(f"{PAGE}/code", data={"code": app.wrong()})):
        assert app.secret not in answer.text
        assert "<svg viewBox" not in answer.text


async def test_a_planted_secret_is_neither_shown_nor_taken(cast: Cast, as_: Clients) -> None:
    alice = as_(cast.alice)
    await begin(as_(cast.alice))
    planted = App(new_secret())
    alice.cookies.set(SECRET, planted.secret)
    assert planted.secret not in (await alice.get(PAGE)).text
    assert (await alice.post(f"{PAGE}/code", data={"code": planted.code()})).status_code == 422
    refused(await alice.put(f"{BASE}/me/totp", json={"code": planted.code()}), 401, "otp_invalid")


async def test_planted_codes_are_not_shown_as_ones_own(cast: Cast, as_: Clients) -> None:
    await turn_on(cast.alice)
    for planted in ("ZZZZ-ZZZZ-ZZZZ-ZZZZ", f"{RECOVERY[0]}.ZZZZ-ZZZZ-ZZZZ-ZZZZ", "", "."):
        alice = as_(cast.alice)
        alice.cookies.set(CODES, planted)
        assert codes_in(await alice.get(PAGE)) == []


async def test_new_codes_and_the_end(cast: Cast, as_: Clients, client: httpx.AsyncClient) -> None:
    app, alice = await turn_on(cast.alice), as_(cast.alice)
    assert "3 recovery codes left" in (await alice.get(PAGE)).text
    assert (await alice.post(f"{PAGE}/code", data={"code": app.wrong()})).status_code == 422
    assert (await alice.post(f"{PAGE}/code", data={"code": app.code()})).status_code == 303
    codes = codes_in(await alice.get(PAGE))
    assert await codes_left(cast.alice) == len(codes) == 10
    wrong: list[dict[str, str]] = [
        {"password": PASSWORD, "otp": ""},
        {"password": PASSWORD, "otp": app.wrong()},
        {"password": "wrong", "otp": codes[0]},
    ]
    for data in wrong:
        answer = await alice.post(f"{PAGE}/removal", data=data)
        assert answer.status_code == 422
        assert answer.text.count('aria-invalid="true"') == 1
    assert await codes_left(cast.alice) == 10
    answer = await alice.post(f"{PAGE}/removal", data={"password": PASSWORD, "otp": codes[0]})
    assert answer.headers["location"] == f"{PAGE}?saved=no-codes"
    assert "Codes are not asked for any more." in (await alice.get(answer.headers["location"])).text
    assert shown(await client.post(f"{BASE}/session", json={"email": cast.alice.email, "password": PASSWORD}))


async def test_after_too_many_codes_the_form_says_so(
    cast: Cast, as_: Clients, client: httpx.AsyncClient
) -> None:
    app, alice = await turn_on(cast.alice), as_(cast.alice)
    await DB.fetch("UPDATE second_factors SET tried_until = now() + interval '2 hours'")
    await client.post("/sign-in", data={"email": cast.alice.email, "password": PASSWORD, "next": ""})
    for answer in (
        await alice.post(f"{PAGE}/code", data={"code": app.code()}),
        await alice.post(f"{PAGE}/removal", data={"password": PASSWORD, "otp": app.code()}),
        await client.post("/sign-in/code", data={"otp": app.code(), "next": ""}),
    ):
        assert answer.status_code == 429
        assert answer.headers["retry-after"] == "360"
        assert answer.text.count("Too many codes were wrong.") == 1
        assert app.code() not in answer.text


async def test_it_is_for_who_is_signed_in(cast: Cast, client: httpx.AsyncClient) -> None:
    answer = await client.get(PAGE)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/sign-in?next={PAGE}")
    for path in (PAGE, f"{PAGE}/code", f"{PAGE}/removal"):
        data = {"password": PASSWORD, "code": "1", "otp": "1"}
        assert (await client.post(path, data=data)).status_code == 401


async def test_a_form_of_another_site_begins_and_ends_nothing(cast: Cast, as_: Clients) -> None:
    app, alice = await turn_on(cast.alice), as_(cast.alice)
    headers = {"Sec-Fetch-Site": "cross-site"}
    data = {"password": PASSWORD, "otp": app.code(), "code": app.code()}
    for path in (PAGE, f"{PAGE}/code", f"{PAGE}/removal", "/sign-in/code"):
        assert (await alice.post(path, data=data, headers=headers)).status_code == 403
    assert await codes_left(cast.alice) == 3


@pytest.mark.parametrize("what", ["on", "off", "codes", "recovery", "tries"])
async def test_each_notice_says_whose_account_and_what_to_do(cast: Cast, what: str) -> None:
    await turn_on(cast.alice)
    mail = await mails.second_factor_notice(cast.alice.id, what, "1")
    assert mail
    assert mail.to == cast.alice.email
    for text in (mail.text, mail.html):
        assert "@alice" in text
        assert "/settings/password" in text
    assert not [code for code in RECOVERY if code in mail.text]
    assert await mails.second_factor_notice(2**40, what, "1") is None
