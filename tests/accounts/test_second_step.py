"""Signing in where a code is asked for, and what those try who have no code."""

import asyncio
from collections.abc import Callable
from time import time
from typing import Any

import httpx
import pytest

from app.accounts.jobs import prune_sign_ins
from app.accounts.second_factor.checks import TRIES as TRIES_OF_ACCOUNT
from app.accounts.second_factor.sign_ins import TRIES
from app.accounts.second_factor.texts import STEP_SECONDS, WINDOW, step_of
from app.database.engine import DB
from app.mail import kept
from tests.accounts.test_security import waits_for_a_lock
from tests.api import BASE, fields, refused, shown
from tests.cast import PASSWORD, Cast, Member
from tests.second_factor import RECOVERY, App, codes_left, sessions_of, turn_on
from tests.serving import Server
from tests.working_off import work_off

Clients = Callable[[Member], httpx.AsyncClient]

SESSION = "hubbub_session"
WAITING = "hubbub_sign_in"
CODE = "/sign-in/code"


async def ask(client: httpx.AsyncClient, member: Member, **more: Any) -> httpx.Response:
    return await client.post(f"{BASE}/session", json={"email": member.email, "password": PASSWORD, **more})


async def enter_password(client: httpx.AsyncClient, member: Member, **more: str) -> httpx.Response:
    answer = await client.post(
        "/sign-in", data={"email": member.email, "password": PASSWORD, "next": "", **more}
    )
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(CODE)
    return answer


async def enter_code(client: httpx.AsyncClient, otp: str, **more: str) -> httpx.Response:
    return await client.post(CODE, data={"otp": otp, "next": "/settings", **more})


async def told(member: Member) -> list[str]:
    await work_off()
    return [mail.subject for mail in await kept.list_mails() if mail.recipient == member.email]


async def test_between_the_steps_there_is_no_session(cast: Cast, client: httpx.AsyncClient) -> None:
    app, before = await turn_on(cast.alice), await sessions_of(cast.alice)
    answer = await enter_password(client, cast.alice, next="/settings")
    assert answer.headers["location"] == f"{CODE}?next=/settings"
    assert SESSION not in client.cookies
    assert await sessions_of(cast.alice) == before
    refused(await client.get(f"{BASE}/me"), 401, "unauthenticated")

    page = await client.get(answer.headers["location"])
    assert "@alice" in page.text
    assert 'value="/settings"' in page.text
    assert PASSWORD not in page.text
    assert 'name="password"' not in page.text

    answer = await enter_code(client, app.code())
    assert (answer.status_code, answer.headers["location"]) == (303, "/settings")
    assert WAITING not in client.cookies
    assert shown(await client.get(f"{BASE}/me"))["username"] == "alice"
    assert await DB.fetch("SELECT FROM pending_sign_ins") == []


async def test_the_token_between_the_steps_is_hidden_and_stored_as_a_hash(
    cast: Cast, client: httpx.AsyncClient
) -> None:
    await turn_on(cast.alice)
    cookie = (await enter_password(client, cast.alice)).headers["set-cookie"]
    assert {part.strip() for part in cookie.split(";")[1:]} == {
        "HttpOnly", "Max-Age=600", "Path=/", "SameSite=strict",
    }  # fmt: skip
    (row,) = await DB.fetch("SELECT pending_sign_ins::text AS whole FROM pending_sign_ins")
    assert client.cookies[WAITING] not in row["whole"]


async def test_an_open_redirect_leads_to_the_front_page(cast: Cast, client: httpx.AsyncClient) -> None:
    app = await turn_on(cast.alice)
    answer = await enter_password(client, cast.alice, next="https://evil.example/")
    assert answer.headers["location"] == f"{CODE}?next=/"
    answer = await enter_code(client, app.code(), next="//evil.example")
    assert answer.headers["location"] == "/"


async def test_code_reuse_a_code_is_good_once_whoever_comes_with_it(
    cast: Cast, client: httpx.AsyncClient
) -> None:
    app = await turn_on(cast.alice)
    code = app.code()
    assert shown(await ask(client, cast.alice, otp=code))
    for _ in range(2):
        errors = refused(await ask(client, cast.alice, otp=code), 401, "otp_invalid")
    assert fields(errors) == {"otp": "otp_invalid"}
    refused(await ask(client, cast.alice, otp=app.code(-1)), 401, "otp_invalid")
    client.cookies.clear()
    await enter_password(client, cast.alice)
    assert (await enter_code(client, code)).status_code == 422
    assert SESSION not in client.cookies
    assert (await enter_code(client, app.code(1))).status_code == 303, "the next one is good"


async def test_a_code_of_long_ago_or_to_come_is_not_good(cast: Cast, client: httpx.AsyncClient) -> None:
    app = await turn_on(cast.alice)
    for steps in (-3, 3):
        refused(await ask(client, cast.alice, otp=app.code(steps)), 401, "otp_invalid")
    assert shown(await ask(client, cast.alice, otp=app.code()))


async def test_race_of_two_sign_ins_with_one_code(cast: Cast, server: Server) -> None:
    code, before = (await turn_on(cast.alice)).code(), await sessions_of(cast.alice)
    async with server.client() as one, server.client() as other:
        clients = [one, other, one, other, one]
        answers = await asyncio.gather(*(ask(client, cast.alice, otp=code) for client in clients))
    assert sorted(answer.status_code for answer in answers) == [200, 401, 401, 401, 401]
    assert await sessions_of(cast.alice) == before + 1


async def test_race_of_two_second_steps_with_one_token(cast: Cast, client: httpx.AsyncClient) -> None:
    """Even with codes that are both good: the first step was one sign-in."""
    app, before = await turn_on(cast.alice), await sessions_of(cast.alice)
    await enter_password(client, cast.alice)
    cookies = {"Cookie": f"{WAITING}={client.cookies[WAITING]}"}
    client.cookies.clear()
    otps = (app.code(), RECOVERY[0], RECOVERY[1])
    answers = await asyncio.gather(
        *(client.post(CODE, data={"otp": otp, "next": ""}, headers=cookies) for otp in otps)
    )
    assert [answer.headers["location"] for answer in answers].count("/") == 1
    assert await sessions_of(cast.alice) == before + 1


async def test_recovery_code_reuse_each_is_good_once(cast: Cast, client: httpx.AsyncClient) -> None:
    await turn_on(cast.alice)
    answers = await asyncio.gather(*(ask(client, cast.alice, otp=RECOVERY[0]) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 401, 401, 401]
    assert await codes_left(cast.alice) == 2
    client.cookies.clear()
    await enter_password(client, cast.alice)
    assert (await enter_code(client, RECOVERY[0])).status_code == 422
    assert (await enter_code(client, RECOVERY[1].lower().replace("-", ""))).status_code == 303
    assert "A recovery code was used at Hubbub" in await told(cast.alice)


async def test_anothers_code_and_recovery_code_open_nothing(cast: Cast, client: httpx.AsyncClient) -> None:
    await turn_on(cast.alice)
    theirs = await turn_on(cast.mallory)
    await DB.fetch('DELETE FROM recovery_codes WHERE "user" = $1', cast.alice.id)
    for otp in (theirs.code(), RECOVERY[0]):
        refused(await ask(client, cast.alice, otp=otp), 401, "otp_invalid")
    assert shown(await ask(client, cast.mallory, otp=RECOVERY[0]))


async def test_brute_force_a_first_step_has_so_many_tries(cast: Cast, client: httpx.AsyncClient) -> None:
    app, before = await turn_on(cast.alice), await sessions_of(cast.alice)
    await enter_password(client, cast.alice)
    cookies = {"Cookie": f"{WAITING}={client.cookies[WAITING]}"}
    client.cookies.clear()
    answers = await asyncio.gather(
        *(client.post(CODE, data={"otp": app.wrong(), "next": ""}, headers=cookies) for _ in range(2 * TRIES))
    )
    assert {answer.status_code for answer in answers} <= {303, 422}
    (row,) = await DB.fetch("SELECT tries FROM pending_sign_ins")
    assert row["tries"] == TRIES
    answer = await client.post(CODE, data={"otp": app.code(), "next": "/settings"}, headers=cookies)
    assert answer.headers["location"] == "/sign-in?again=1&next=/settings"
    assert await sessions_of(cast.alice) == before
    assert "Start again." in (await client.get(answer.headers["location"])).text


async def test_brute_force_an_account_has_so_many_tries_and_others_are_not_locked_out(
    cast: Cast, client: httpx.AsyncClient, as_: Clients
) -> None:
    app, bobs = await turn_on(cast.alice), await turn_on(cast.bob)
    wrong = app.wrong()
    answers = await asyncio.gather(*(ask(client, cast.alice, otp=wrong) for _ in range(TRIES_OF_ACCOUNT + 5)))
    codes = [answer.json()["errors"][0]["code"] for answer in answers]
    assert codes.count("otp_invalid") == TRIES_OF_ACCOUNT
    assert codes.count("rate_limited") == 5
    limited = await ask(client, cast.alice, otp=app.code())
    refused(limited, 429, "rate_limited")
    assert int(limited.headers["retry-after"]) > 0
    # Only who knows the password gets this far and is told so; nobody else is held up.
    wrong_password = {"email": cast.alice.email, "password": "wrong", "otp": wrong}
    refused(await client.post(f"{BASE}/session", json=wrong_password), 401, "invalid_credentials")
    assert shown(await as_(cast.alice).get(f"{BASE}/me"))
    assert shown(await ask(client, cast.bob, otp=bobs.code()))
    assert shown(await ask(client, cast.alice, otp=RECOVERY[0])), "the member has another way"
    subjects = await told(cast.alice)
    assert subjects.count("Somebody tries your codes at Hubbub") == 1
    await later(minutes=7)
    assert shown(await ask(client, cast.alice, otp=app.code()))
    refused(await ask(client, cast.alice, otp=wrong), 401, "otp_invalid")


async def later(minutes: int) -> None:
    await DB.fetch("UPDATE second_factors SET tried_until = tried_until - make_interval(mins => $1)", minutes)


async def test_enumeration_a_wrong_password_looks_the_same_with_codes_and_without(
    cast: Cast, client: httpx.AsyncClient
) -> None:
    app = await turn_on(cast.alice)
    assert app.code() != app.wrong()
    seen = set()
    for email in (cast.alice.email, cast.bob.email, "nobody@example.org"):
        for otp in (None, app.code(), RECOVERY[0]):
            answer = await client.post(
                f"{BASE}/session", json={"email": email, "password": "wrong", "otp": otp}
            )
            seen.add((answer.status_code, answer.text))
    assert len(seen) == 1
    pages = set()
    for email in (cast.alice.email, cast.bob.email):
        answer = await client.post("/sign-in", data={"email": email, "password": "wrong", "next": ""})
        assert answer.status_code == 422
        assert "set-cookie" not in answer.headers
        pages.add(answer.text.replace(email, ""))
    assert len(pages) == 1
    assert shown(await ask(client, cast.alice, otp=app.code())), "no code was spent"
    assert await codes_left(cast.alice) == 3


async def test_session_fixation_the_second_step_opens_a_session_of_its_own(
    cast: Cast, client: httpx.AsyncClient
) -> None:
    """Mallory has planted her own session in the browser; it is neither taken over nor left."""
    app = await turn_on(cast.alice)
    client.cookies.set(SESSION, cast.mallory.token)
    await enter_password(client, cast.alice)
    assert client.cookies[SESSION] == cast.mallory.token
    assert "<b>@alice</b>" in (await client.get(CODE)).text, "and it keeps nobody from the second step"
    answer = await enter_code(client, app.code())
    assert answer.status_code == 303
    entered = {value for name, value in cookies_of(answer).items() if name == SESSION}
    assert entered
    assert cast.mallory.token not in entered
    client.cookies.clear()
    client.cookies.set(SESSION, cast.mallory.token)
    refused(await client.get(f"{BASE}/me"), 401, "unauthenticated")


async def test_session_fixation_a_planted_first_step_is_not_the_one_that_counts(
    cast: Cast, client: httpx.AsyncClient
) -> None:
    """Mallory's half sign-in in alice's browser: alice's password gets a token of its own, and mallory's stays hers."""
    app = await turn_on(cast.alice)
    await turn_on(cast.mallory)
    await enter_password(client, cast.mallory)
    planted = client.cookies[WAITING]
    await enter_password(client, cast.alice)
    assert client.cookies[WAITING] != planted
    assert (await enter_code(client, app.code())).status_code == 303
    assert shown(await client.get(f"{BASE}/me"))["username"] == "alice"
    client.cookies.clear()
    client.cookies.set(WAITING, planted)
    page = await client.get(CODE)
    assert "@mallory" in page.text, "one sees whose code is asked for"
    assert (await enter_code(client, app.code(1))).status_code == 422


@pytest.mark.parametrize("token", ["", "x", "a" * 43, "é"])
async def test_without_a_first_step_there_is_no_second(
    cast: Cast, client: httpx.AsyncClient, token: str
) -> None:
    app = await turn_on(cast.alice)
    headers = {b"Cookie": f"{WAITING}={token}".encode()}
    for answer in (
        await client.get(CODE, headers=headers),
        await client.post(CODE, data={"otp": app.code(), "next": ""}, headers=headers),
    ):
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?again=1&next=/")
    assert SESSION not in client.cookies


async def test_the_token_between_the_steps_is_no_session(cast: Cast, client: httpx.AsyncClient) -> None:
    await turn_on(cast.alice)
    await enter_password(client, cast.alice)
    for name in (SESSION, "__Host-hubbub_session"):
        client.cookies.set(name, client.cookies[WAITING])
    refused(await client.get(f"{BASE}/me"), 401, "unauthenticated")


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE users SET password = password || ' '",
        "UPDATE pending_sign_ins SET expires_at = now()",
        "DELETE FROM users WHERE username = 'alice'",
    ],
)
async def test_a_first_step_is_void_after_a_new_password_and_ten_minutes(
    cast: Cast, client: httpx.AsyncClient, change: str
) -> None:
    app = await turn_on(cast.alice)
    await enter_password(client, cast.alice)
    await DB.fetch(change)
    answer = await enter_code(client, app.code())
    assert answer.headers["location"] == "/sign-in?again=1&next=/settings"
    assert SESSION not in client.cookies


async def test_mass_assignment_by_form_the_first_step_takes_no_code_and_the_second_no_name(
    cast: Cast, client: httpx.AsyncClient
) -> None:
    app = await turn_on(cast.alice)
    theirs = await turn_on(cast.mallory)
    more = {"user": str(cast.alice.id), "tries": "-99", "totp": "off", "confirmed_at": ""}
    await enter_password(client, cast.alice, otp=app.code(), **more)
    assert SESSION not in client.cookies
    await enter_password(client, cast.mallory, **more)
    answer = await enter_code(client, theirs.code(), email=cast.alice.email, **more)
    assert answer.status_code == 303
    assert shown(await client.get(f"{BASE}/me"))["username"] == "mallory"


@pytest.mark.parametrize("field", ["totp", "second_factor", "code", "user", "recovery_code"])
async def test_mass_assignment_by_json_is_refused(cast: Cast, client: httpx.AsyncClient, field: str) -> None:
    await turn_on(cast.alice)
    errors = refused(await ask(client, cast.alice, **{field: None}), 400, "unknown_field")
    assert fields(errors) == {field: "unknown_field"}
    errors = refused(await ask(client, cast.alice, otp="1" * 65), 422, "too_long")
    assert fields(errors) == {"otp": "too_long"}


@pytest.mark.parametrize("otp", ["", "  ", None, "-"])
async def test_an_empty_code_is_asked_for_and_is_no_try(
    cast: Cast, client: httpx.AsyncClient, otp: str | None
) -> None:
    await turn_on(cast.alice)
    refused(await ask(client, cast.alice, otp=otp), 401, "otp_required")
    (row,) = await DB.fetch("SELECT tried_until <= now() AS fresh FROM second_factors")
    assert row["fresh"]


async def test_where_no_code_is_asked_for_one_is_not_looked_at(cast: Cast, client: httpx.AsyncClient) -> None:
    assert shown(await ask(client, cast.bob, otp="000000"))


async def test_a_sign_in_while_codes_are_turned_on_gets_no_session(
    cast: Cast, client: httpx.AsyncClient
) -> None:
    """Turning them on holds the member; who comes meanwhile waits and is then asked for a code."""
    async with DB.transaction():
        await DB.fetch("SELECT FROM users WHERE id = $1 FOR NO KEY UPDATE", cast.alice.id)
        attempt = asyncio.create_task(ask(client, cast.alice))
        await waits_for_a_lock(DB)
        await turn_on(cast.alice)
    refused(await attempt, 401, "otp_required")


async def test_first_steps_are_forgotten_when_they_are_void(cast: Cast, client: httpx.AsyncClient) -> None:
    await turn_on(cast.alice)
    await enter_password(client, cast.alice)
    await prune_sign_ins()
    assert len(await DB.fetch("SELECT FROM pending_sign_ins")) == 1
    await DB.fetch("UPDATE pending_sign_ins SET expires_at = now()")
    await prune_sign_ins()
    assert await DB.fetch("SELECT FROM pending_sign_ins") == []


def test_the_window_is_one_step_to_each_side() -> None:
    now = int(time()) // STEP_SECONDS
    app = App("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    assert sorted(WINDOW) == [-1, 0, 1]
    assert step_of(app.secret, app.code()) in {now, now + 1}
    assert step_of(app.secret, app.wrong()) is None


def cookies_of(answer: httpx.Response) -> dict[str, str]:
    pairs = (header.split(";")[0].split("=", 1) for header in answer.headers.get_list("set-cookie"))
    return dict(pairs)
