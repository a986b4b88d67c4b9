"""The second factor: begun, confirmed, renewed and ended through the API."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from app.accounts.second_factor.texts import hash_of
from app.database.engine import DB, Engine
from tests.api import BASE, fields, refused, shown
from tests.cast import PASSWORD, Cast, Member
from tests.second_factor import RECOVERY, App, codes_left, turn_on
from tests.tokens import lend

Clients = Callable[[Member], httpx.AsyncClient]

TOTP = f"{BASE}/me/totp"


async def begin(client: httpx.AsyncClient) -> App:
    return App(shown(await client.post(TOTP, json={"password": PASSWORD}), 201)["secret"])


async def end(client: httpx.AsyncClient, **body: Any) -> httpx.Response:
    return await client.request("DELETE", TOTP, json=body)


async def sign_in(client: httpx.AsyncClient, member: Member, **more: Any) -> httpx.Response:
    return await client.post(f"{BASE}/session", json={"email": member.email, "password": PASSWORD, **more})


async def is_in(client: httpx.AsyncClient) -> bool:
    return (await client.get(f"{BASE}/me")).status_code == 200


async def test_from_nothing_to_a_sign_in_with_a_code(
    cast: Cast, as_: Clients, client: httpx.AsyncClient
) -> None:
    alice = as_(cast.alice)
    answer = await alice.post(TOTP, json={"password": PASSWORD})
    begun = shown(answer, 201)
    assert answer.headers["cache-control"] == "no-store"
    assert begun.keys() == {"secret", "uri", "qr_svg"}
    assert begun["uri"] == f"otpauth://totp/Hubbub:alice?secret={begun['secret']}&issuer=Hubbub"
    assert begun["qr_svg"].startswith("<svg")
    assert "style=" not in begun["qr_svg"]
    assert (await sign_in(client, cast.alice)).status_code == 200, (
        "nothing is asked for before it is confirmed"
    )

    app = App(begun["secret"])
    answer = await alice.put(TOTP, json={"code": app.code()})
    codes = shown(answer)["recovery_codes"]
    assert answer.headers["cache-control"] == "no-store"
    assert len({*codes}) == 10
    assert await is_in(alice)
    assert not await is_in(client), "a session that the password alone has opened"
    refused(await sign_in(client, cast.alice), 401, "otp_required")
    assert shown(await sign_in(client, cast.alice, otp=app.code(1)))["username"] == "alice"
    assert shown(await sign_in(client, cast.alice, otp=codes[3].lower().replace("-", " ")))
    assert await is_in(client)


async def test_what_is_stored_of_recovery_codes_is_their_hash(cast: Cast, as_: Clients) -> None:
    alice = as_(cast.alice)
    app = await begin(alice)
    codes = shown(await alice.put(TOTP, json={"code": app.code()}))["recovery_codes"]
    rows = await DB.fetch("SELECT code_hash, recovery_codes::text AS whole FROM recovery_codes")
    assert {row["code_hash"] for row in rows} == {hash_of(code) for code in codes}
    assert not [code for code in codes for row in rows if code in row["whole"]]


@pytest.mark.parametrize(
    ("body", "errors"),
    [({"password": "wrong"}, {"password": "invalid"}), ({}, {"password": "required"})],
)
async def test_it_begins_with_the_password(
    cast: Cast, as_: Clients, body: dict[str, str], errors: dict[str, str]
) -> None:
    answer = await as_(cast.alice).post(TOTP, json=body)
    assert fields(refused(answer, 422, *errors.values())) == errors
    assert await DB.fetch("SELECT FROM second_factors") == []


async def test_a_first_code_must_be_right_and_something_begun(cast: Cast, as_: Clients) -> None:
    alice, bob = as_(cast.alice), as_(cast.bob)
    refused(await alice.put(TOTP, json={"code": "123456"}), 409, "conflict")
    app = await begin(alice)
    for code in (app.wrong(), "x", "12345", "1234567", "１２３４５６"):  # noqa: RUF001  # digits, but not these
        errors = refused(await alice.put(TOTP, json={"code": code}), 401, "otp_invalid")
        assert fields(errors) == {"code": "otp_invalid"}
    # Whose secret it is counts: of bob's, alice's code says nothing.
    await begin(bob)
    refused(await bob.put(TOTP, json={"code": app.code()}), 401, "otp_invalid")
    assert shown(await alice.put(TOTP, json={"code": f" {app.code()[:3]} {app.code()[3:]} "}))


async def test_to_begin_again_is_another_secret_and_the_first_is_void(cast: Cast, as_: Clients) -> None:
    alice = as_(cast.alice)
    first, second = await begin(alice), await begin(alice)
    refused(await alice.put(TOTP, json={"code": first.code()}), 401, "otp_invalid")
    assert shown(await alice.put(TOTP, json={"code": second.code()}))


async def test_what_was_begun_half_an_hour_ago_is_confirmed_no_more(cast: Cast, as_: Clients) -> None:
    alice = as_(cast.alice)
    app = await begin(alice)
    await DB.fetch("UPDATE second_factors SET created_at = created_at - interval '31 minutes'")
    refused(await alice.put(TOTP, json={"code": app.code()}), 409, "conflict")


async def test_what_was_begun_with_an_old_password_is_confirmed_no_more(cast: Cast, as_: Clients) -> None:
    """Or whoever has learnt it could put their own app before the member's door."""
    thief, alice = as_(cast.alice), as_(cast.alice)
    app = await begin(thief)
    change = {"current": PASSWORD, "password": "another long pass phrase"}
    shown(await alice.put(f"{BASE}/me/password", json=change))
    refused(await thief.put(TOTP, json={"code": app.code()}), 409, "conflict")
    assert await DB.fetch("SELECT FROM second_factors") == []


async def test_of_two_confirmations_at_once_one_gives_the_codes(cast: Cast, as_: Clients) -> None:
    """The second is one for new recovery codes, and the code is spent."""
    alice = as_(cast.alice)
    code = (await begin(alice)).code()
    answers = await asyncio.gather(*(alice.put(TOTP, json={"code": code}) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 401, 401, 401]
    assert await codes_left(cast.alice) == 10


async def test_where_it_is_on_nobody_replaces_the_secret(cast: Cast, as_: Clients) -> None:
    app = await turn_on(cast.alice)
    refused(await as_(cast.alice).post(TOTP, json={"password": PASSWORD}), 409, "conflict")
    (row,) = await DB.fetch("SELECT totp_secret FROM second_factors")
    assert row["totp_secret"] == app.secret


async def test_a_code_gives_new_recovery_codes_and_voids_the_old(
    cast: Cast, as_: Clients, client: httpx.AsyncClient
) -> None:
    app, alice = await turn_on(cast.alice), as_(cast.alice)
    refused(await alice.put(TOTP, json={"code": RECOVERY[0]}), 401, "otp_invalid")
    shown(await sign_in(client, cast.alice, otp=app.code()))
    later = app.code(1)
    codes = shown(await alice.put(TOTP, json={"code": later}))["recovery_codes"]
    assert await codes_left(cast.alice) == 10
    assert await is_in(client), "sessions stay: they were opened with a code"
    refused(await alice.put(TOTP, json={"code": later}), 401, "otp_invalid")
    refused(await sign_in(client, cast.alice, otp=RECOVERY[1]), 401, "otp_invalid")
    assert shown(await sign_in(client, cast.alice, otp=codes[0]))


async def test_it_ends_with_password_and_code(cast: Cast, as_: Clients, client: httpx.AsyncClient) -> None:
    app, alice = await turn_on(cast.alice), as_(cast.alice)
    assert fields(refused(await end(alice, password="wrong", otp=app.code()), 422, "invalid")) == {
        "password": "invalid"
    }
    assert fields(refused(await end(alice, password=PASSWORD), 401, "otp_required")) == {
        "otp": "otp_required"
    }
    refused(await end(alice, password=PASSWORD, otp=app.wrong()), 401, "otp_invalid")
    refused(await sign_in(client, cast.alice), 401, "otp_required")
    answer = await end(alice, password=PASSWORD, otp=app.code())
    assert (answer.status_code, answer.content) == (204, b"")
    assert shown(await sign_in(client, cast.alice))
    assert await codes_left(cast.alice) == 0
    assert (await end(alice, password=PASSWORD)).status_code == 204, "ended twice it stays so"


async def test_a_recovery_code_ends_it_when_the_app_is_lost(cast: Cast, as_: Clients) -> None:
    await turn_on(cast.alice)
    assert (await end(as_(cast.alice), password=PASSWORD, otp=RECOVERY[0])).status_code == 204


async def test_it_is_for_who_is_signed_in_and_for_no_token(cast: Cast, client: httpx.AsyncClient) -> None:
    for ask in ask_all(client):
        refused(await ask({}), 401, "unauthenticated")
    token = await lend(cast.ada, "read", "write", "moderate", "admin")
    for ask in ask_all(client):
        refused(await ask(token.header), 403, "scope")


def ask_all(client: httpx.AsyncClient) -> list[Callable[[dict[str, str]], Any]]:
    return [
        lambda headers: client.post(TOTP, json={"password": PASSWORD}, headers=headers),
        lambda headers: client.put(TOTP, json={"code": "123456"}, headers=headers),
        lambda headers: client.request("DELETE", TOTP, json={"password": PASSWORD}, headers=headers),
    ]


@pytest.mark.parametrize("field", ["secret", "user", "confirmed_at", "last_step", "tried_until", "otp"])
async def test_mass_assignment_sets_nothing(cast: Cast, as_: Clients, field: str) -> None:
    alice = as_(cast.alice)
    for method, body in (("POST", {"password": PASSWORD}), ("PUT", {"code": "123456"})):
        answer = await alice.request(method, TOTP, json={**body, field: "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"})
        assert fields(refused(answer, 400, "unknown_field")) == {field: "unknown_field"}
    assert await DB.fetch("SELECT FROM second_factors") == []


async def test_a_member_who_goes_takes_it_along(cast: Cast, database: Engine) -> None:
    await turn_on(cast.alice)
    await database.fetch("DELETE FROM users WHERE id = $1", cast.alice.id)
    assert await codes_left(cast.alice) == 0
    assert await DB.fetch("SELECT FROM second_factors") == []
