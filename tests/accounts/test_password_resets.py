"""Whoever forgot their password comes back by their mail, and nobody else does."""

import asyncio
import contextvars
import re
from collections.abc import Callable

import httpx
import pytest

from app.accounts import verification
from app.accounts.resets import links, services
from app.accounts.resets.schemas import ResetRequest
from app.accounts.tokens.schemas import NewToken
from app.accounts.tokens.services import make_token
from app.database.engine import DB, Engine
from app.mail import kept
from tests.accounts.test_security import is_in, sign_in, waits_for_a_lock
from tests.api import BASE, fields, refused, shown
from tests.cast import PASSWORD, Cast, Member
from tests.counting import counting
from tests.serving import Server
from tests.working_off import work_off

Clients = Callable[[Member], httpx.AsyncClient]

NEW = "another long pass phrase"
RESETS = f"{BASE}/password-resets"


async def issue(member: Member, request: str = "one") -> str:
    issued = await links.issue(member.email, request)
    assert issued
    return issued.token


async def set_password(client: httpx.AsyncClient, token: str, password: str = NEW) -> httpx.Response:
    return await client.put(f"{RESETS}/{token}", json={"password": password})


async def mailed_links() -> list[tuple[str, str]]:
    found = [
        (mail.recipient, re.findall(r"/password-resets/\S{40,}", mail.text))
        for mail in await kept.list_mails()
    ]
    return [(recipient, link) for recipient, those in found for link in those]


async def test_from_a_forgotten_password_to_a_new_one(cast: Cast, client: httpx.AsyncClient) -> None:
    assert 'href="/password-resets/new"' in (await client.get("/sign-in")).text
    assert "Send me a link" in (await client.get("/password-resets/new")).text
    asked = await client.post("/password-resets", data={"email": "  Alice@Example.org "})
    assert (asked.status_code, asked.headers["location"]) == (303, "/password-resets/new?sent=1")
    assert "is on its way" in (await client.get(asked.headers["location"])).text
    await work_off()
    [(recipient, link)] = await mailed_links()
    assert recipient == cast.alice.email
    assert cast.alice.email in (await client.get(link)).text
    answer = await client.post(link, data={"password": NEW})
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?told=password")
    assert "Your new password is kept" in (await client.get("/sign-in?told=password")).text
    assert (await sign_in(client, cast.alice)).status_code == 401
    assert (await sign_in(client, cast.alice, NEW)).status_code == 200


async def test_the_api_asks_and_sets(cast: Cast, client: httpx.AsyncClient) -> None:
    assert shown(await client.post(RESETS, json={"email": cast.bob.email}), 202) is None
    await work_off()
    [(_, link)] = await mailed_links()
    assert shown(await set_password(client, link.rpartition("/")[2])) is None
    assert (await sign_in(client, cast.bob, NEW)).status_code == 200


async def test_whoever_sets_it_is_told_so_by_mail(
    cast: Cast, client: httpx.AsyncClient, as_: Clients
) -> None:
    await set_password(client, await issue(cast.alice))
    await as_(cast.bob).put(f"{BASE}/me/password", json={"current": PASSWORD, "password": NEW})
    await work_off()
    told = {mail.recipient: mail for mail in await kept.list_mails()}
    assert told.keys() == {cast.alice.email, cast.bob.email}
    assert all(
        "was changed just now" in mail.text and "was changed just now" in mail.html for mail in told.values()
    )


async def test_it_ends_every_session_and_signs_nobody_in(
    cast: Cast, client: httpx.AsyncClient, as_: Clients
) -> None:
    token = await make_token(cast.alice.viewer, NewToken(name="tail", scopes=["read"]))
    assert await is_in(as_(cast.alice))
    answer = await set_password(client, await issue(cast.alice))
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert not await is_in(as_(cast.alice))
    assert not await is_in(client)
    assert await is_in(as_(cast.bob))
    assert not await DB.fetch("SELECT FROM api_tokens")
    said = await DB.fetch("SELECT subject FROM events WHERE channel = 'access'")
    ended = {f"session:{cast.alice.session_id}", f"token:{token.id}"}
    assert ended <= {row["subject"] for row in said}


async def test_session_fixation_by_a_cookie_planted_before_the_reset(cast: Cast, as_: Clients) -> None:
    planted = as_(cast.mallory)
    assert await is_in(planted)
    answer = await planted.post(f"/password-resets/{await issue(cast.alice)}", data={"password": NEW})
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert not await is_in(as_(cast.mallory)), "what alice does next is not done as mallory"


async def test_token_reuse_even_by_many_at_once(cast: Cast, client: httpx.AsyncClient) -> None:
    token = await issue(cast.alice)
    answers = await asyncio.gather(*(set_password(client, token, f"{NEW} {number}") for number in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 401, 401, 401, 401]
    refused(await set_password(client, token), 401, "invalid_token")
    assert (await client.post(f"/password-resets/{token}", data={"password": NEW})).status_code == 422


async def test_a_link_opened_by_a_mail_scanner_is_not_used_up(cast: Cast, client: httpx.AsyncClient) -> None:
    token = await issue(cast.alice)
    for _ in range(2):
        assert (await client.get(f"/password-resets/{token}")).status_code == 200
        assert (await client.head(f"/password-resets/{token}")).status_code == 200
    assert (await sign_in(client, cast.alice)).status_code == 200
    assert (await set_password(client, token)).status_code == 200


async def test_it_is_good_for_two_hours(cast: Cast, client: httpx.AsyncClient) -> None:
    token = await issue(cast.alice)
    await DB.fetch("UPDATE password_resets SET expires_at = expires_at - interval '119 minutes'")
    assert (await client.get(f"/password-resets/{token}")).status_code == 200
    await DB.fetch("UPDATE password_resets SET expires_at = expires_at - interval '2 minutes'")
    assert (await client.get(f"/password-resets/{token}")).status_code == 404
    refused(await set_password(client, token), 401, "invalid_token")
    assert (await sign_in(client, cast.alice)).status_code == 200
    await links.drop_old()
    assert await DB.fetch("SELECT FROM password_resets") == []


async def test_it_is_dead_after_any_other_change_of_the_password(
    cast: Cast, client: httpx.AsyncClient, as_: Clients
) -> None:
    token, of_bob = await issue(cast.alice), await issue(cast.bob)
    change = {"current": PASSWORD, "password": NEW}
    assert (await as_(cast.alice).put(f"{BASE}/me/password", json=change)).status_code == 200
    refused(await set_password(client, token, "a third pass phrase"), 401, "invalid_token")
    assert (await set_password(client, of_bob)).status_code == 200


async def test_it_is_dead_after_another_link_was_used(cast: Cast, client: httpx.AsyncClient) -> None:
    first = await issue(cast.alice)
    await DB.fetch("UPDATE password_resets SET created_at = created_at - interval '61 seconds'")
    second = await issue(cast.alice, "two")
    assert (await set_password(client, second)).status_code == 200
    refused(await set_password(client, first), 401, "invalid_token")


async def test_it_is_dead_after_a_change_of_address_even_to_there_and_back(
    cast: Cast, client: httpx.AsyncClient
) -> None:
    token = await issue(cast.alice)
    for email in ("elsewhere@example.org", cast.alice.email):
        await DB.fetch("UPDATE users SET email = $2 WHERE id = $1", cast.alice.id, email)
    refused(await set_password(client, token), 401, "invalid_token")


async def test_use_for_another_purpose(cast: Cast, client: httpx.AsyncClient, as_: Clients) -> None:
    reset = await issue(cast.alice)
    confirmation = await verification.issue(cast.alice.id, cast.alice.email)
    for stolen in (confirmation, cast.alice.token, cast.alice.email):
        refused(await set_password(client, stolen), 401, "invalid_token")
        assert (await client.get(f"/password-resets/{stolen}")).status_code == 404
    refused(await as_(cast.alice).put(f"{BASE}/email-verifications/{reset}"), 401, "invalid_token")
    client.cookies.set("hubbub_session", reset)
    assert not await is_in(client)
    client.cookies.clear()
    assert (await set_password(client, reset)).status_code == 200


async def test_enumeration_by_text_code_and_header(cast: Cast, client: httpx.AsyncClient) -> None:
    answers = [
        await client.post(RESETS, json={"email": email}) for email in (cast.alice.email, "nobody@example.org")
    ]
    known, unknown = answers
    assert (known.status_code, known.content) == (unknown.status_code, unknown.content)
    assert known.headers.keys() == unknown.headers.keys()
    known, unknown = [
        await client.post("/password-resets", data={"email": email})
        for email in (cast.alice.email, "nobody@example.org")
    ]
    assert known.headers["location"] == unknown.headers["location"]
    await work_off()
    assert [recipient for recipient, _ in await mailed_links()] == [cast.alice.email]


async def test_enumeration_by_time_is_impossible_as_the_answer_asks_for_nobody(cast: Cast) -> None:
    """The same statements, and none of them reads members: all of the looking is the job's."""
    asked = []
    for email in (cast.alice.email, "nobody@example.org", cast.alice.email):
        with counting() as statements:
            await services.ask_for_reset(ResetRequest(email=email))
        asked.append(list(statements))
    assert asked[0]
    assert asked[0] == asked[1] == asked[2]
    assert not [statement for statement in asked[0] if "users" in statement]
    assert len(await DB.fetch("SELECT FROM outbox")) == 3, "one that waits does not make the next one quicker"


async def test_a_flood_of_requests_is_one_mail_a_minute(cast: Cast) -> None:
    for _ in range(4):
        await services.ask_for_reset(ResetRequest(email=cast.alice.email))
    await work_off()
    assert len(await mailed_links()) == 1
    await DB.fetch("UPDATE password_resets SET created_at = created_at - interval '61 seconds'")
    await services.ask_for_reset(ResetRequest(email=cast.alice.email))
    await work_off()
    assert len(await mailed_links()) == 2


async def test_a_mail_that_is_tried_again_has_a_link(cast: Cast, client: httpx.AsyncClient) -> None:
    assert await issue(cast.alice, "one")
    again = await issue(cast.alice, "one")
    assert (await set_password(client, again)).status_code == 200


async def test_a_link_written_while_the_address_changes_is_dead(cast: Cast, database: Engine) -> None:
    async with database.transaction():
        await DB.fetch("UPDATE users SET email = 'new@example.org' WHERE id = $1", cast.alice.id)
        writing = asyncio.create_task(links.issue(cast.alice.email, "one"), context=contextvars.Context())
        await waits_for_a_lock(database)
    assert await writing is None


async def test_the_token_is_stored_nowhere(cast: Cast) -> None:
    await services.ask_for_reset(ResetRequest(email=cast.alice.email))
    token = await issue(cast.alice)
    kept_of_it = await DB.fetch(
        "SELECT password_resets::text AS row FROM password_resets UNION ALL SELECT outbox::text FROM outbox"
    )
    assert len(kept_of_it) == 2
    for row in kept_of_it:
        assert token not in row["row"]
        assert token.encode().hex() not in row["row"]


async def test_a_reset_link_in_the_referer_a_cache_or_a_log(cast: Cast, serve: Callable[..., Server]) -> None:
    token = await issue(cast.alice)
    server = serve(slow_request_ms=1)
    async with server.client() as client:
        page = await client.get(f"/password-resets/{token}")
        answer = await client.post(f"/password-resets/{token}", data={"password": NEW})
    assert answer.status_code == 303
    assert page.headers["referrer-policy"] == "strict-origin"
    assert page.headers["cache-control"] == "no-store"
    assert token not in page.text
    assert "slow_request" in server.output()
    assert token not in server.output()


async def test_another_site_cannot_ask_or_set(cast: Cast, client: httpx.AsyncClient) -> None:
    headers, token = {"Sec-Fetch-Site": "cross-site"}, await issue(cast.alice)
    assert (
        await client.post("/password-resets", data={"email": "a@b.c"}, headers=headers)
    ).status_code == 403
    answer = await client.post(f"/password-resets/{token}", data={"password": NEW}, headers=headers)
    assert answer.status_code == 403
    assert (await sign_in(client, cast.alice)).status_code == 200


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({}, {"email": "required"}),
        ({"email": "no address"}, {"email": "invalid"}),
        ({"email": "a\0@example.org"}, {"email": "invalid"}),
        ({"email": "a" * 251 + "@b.c"}, {"email": "too_long"}),
        ({"email": "\u0130" * 200 + "@b.c"}, {"email": "too_long"}),
    ],
)
async def test_an_address_that_is_none(
    client: httpx.AsyncClient, body: dict[str, str], wrong: dict[str, str]
) -> None:
    answer = await client.post(RESETS, json=body)
    assert fields(refused(answer, 422, *wrong.values())) == wrong
    if "\0" not in str(body.get("email")):
        assert (await client.post("/password-resets", data=body)).status_code == 422


@pytest.mark.parametrize(
    ("password", "code"), [("short", "too_short"), ("password", "common"), ("x" * 201, "too_long")]
)
async def test_a_password_that_cannot_be_taken_leaves_the_link_good(
    cast: Cast, client: httpx.AsyncClient, password: str, code: str
) -> None:
    token = await issue(cast.alice)
    assert fields(refused(await set_password(client, token, password), 422, code)) == {"password": code}
    page = await client.post(f"/password-resets/{token}", data={"password": password})
    assert page.status_code == 422
    assert "field-error" in page.text
    assert (await set_password(client, token)).status_code == 200


async def test_a_made_up_token_is_refused(client: httpx.AsyncClient) -> None:
    for token in ("nothing", "a" * 500):
        assert (await client.get(f"/password-resets/{token}")).status_code == 404
        refused(await set_password(client, token), 401, "invalid_token")


async def test_it_confirms_the_address_too(cast: Cast, client: httpx.AsyncClient) -> None:
    await set_password(client, await issue(cast.alice))
    rows = await DB.fetch("SELECT activated_at FROM users WHERE id = $1", cast.alice.id)
    assert rows[0]["activated_at"], "who reads its mail has shown that it is theirs"
