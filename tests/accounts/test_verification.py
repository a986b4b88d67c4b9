"""An address is confirmed by who reads its mail: once, in time, and never by merely opening a link."""

import asyncio
import re

from app.accounts import services, verification
from app.database.engine import DB
from app.mail import kept
from tests.working_off import work_off

SIGN_UP = {"username": "dora", "name": "Dora", "email": "Dora@Example.org", "password": "a long pass phrase"}


async def issue(member, email=None):
    return await verification.issue(member.id, email or member.email)


async def activated(member) -> bool:
    rows = await DB.fetch("SELECT activated_at FROM users WHERE id = $1", member.id)
    return rows[0]["activated_at"] is not None


async def links_to(email: str) -> list[str]:
    mails = [mail for mail in await kept.list_mails() if mail.recipient == email]
    return [link for mail in mails for link in re.findall(r"/email-verifications/\S+", mail.text)]


async def test_from_sign_up_to_a_confirmed_address(cast, client):
    assert (await client.post("/sign-up", data={**SIGN_UP, "next": "/"})).status_code == 303
    await work_off()
    [link] = await links_to("dora@example.org")
    page = await client.get(link)
    assert page.status_code == 200
    assert "Is this your address?" in page.text
    assert "dora@example.org" in page.text
    user = (await client.get("/api/v1/me")).json()["data"]
    assert user["activated_at"] is None, "opening the link, as mail scanners do, confirms nothing"
    assert (await client.head(link)).status_code == 200

    answer = await client.post(link)
    assert (answer.status_code, answer.headers["location"]) == (303, link)
    assert "Your address is confirmed" in (await client.get(link)).text
    assert (await client.get("/api/v1/me")).json()["data"]["activated_at"]
    again = await client.post(link)
    assert again.status_code == 422
    assert "Your address is confirmed" in again.text


async def test_every_admin_is_told_of_somebody_new(cast, client):
    await DB.fetch("UPDATE users SET role = 'admin' WHERE id = $1", cast.mona.id)
    await client.post("/sign-up", data={**SIGN_UP, "next": "/"})
    await work_off()
    told = [mail for mail in await kept.list_mails() if "dora joined" in mail.subject]
    assert {mail.recipient for mail in told} == {cast.ada.email, cast.mona.email}
    assert all("dora@example.org" in mail.text for mail in told)


async def test_the_api_confirms_for_whoever_has_the_token(cast, as_, client):
    answer = await client.put(f"/api/v1/email-verifications/{await issue(cast.bob)}")
    assert (answer.status_code, answer.json()["data"]) == (200, None)
    assert await activated(cast.bob)
    answer = await as_(cast.alice).put(f"/api/v1/email-verifications/{await issue(cast.alice)}")
    assert answer.json()["data"]["activated_at"]
    # Whose link it is counts, not who opens it; and they are not told about each other.
    answer = await as_(cast.alice).put(f"/api/v1/email-verifications/{await issue(cast.mallory)}")
    assert answer.json()["data"] is None
    assert await activated(cast.mallory)


async def test_a_link_is_good_once(cast, client):
    token = await issue(cast.bob)
    answers = await asyncio.gather(*(client.put(f"/api/v1/email-verifications/{token}") for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 401, 401, 401, 401]
    refused = next(answer for answer in answers if answer.status_code == 401)
    assert refused.json()["errors"][0]["code"] == "invalid_token"


async def test_it_is_good_for_48_hours(cast, client):
    token = await issue(cast.bob)
    await DB.fetch("UPDATE email_verifications SET expires_at = expires_at - interval '47 hours 59 minutes'")
    assert (await client.get(f"/email-verifications/{token}")).status_code == 200
    await DB.fetch("UPDATE email_verifications SET expires_at = expires_at - interval '2 minutes'")
    assert (await client.get(f"/email-verifications/{token}")).status_code == 404
    assert (await client.put(f"/api/v1/email-verifications/{token}")).status_code == 401
    assert (await client.post(f"/email-verifications/{token}")).status_code == 422
    assert not await activated(cast.bob)


async def test_it_proves_the_address_that_it_went_to(cast, client):
    token = await issue(cast.bob)
    await DB.fetch("UPDATE users SET email = 'new@example.org' WHERE id = $1", cast.bob.id)
    assert (await client.put(f"/api/v1/email-verifications/{token}")).status_code == 401
    assert not await activated(cast.bob)


async def test_a_made_up_token_is_refused(client, database):
    for token in ("nothing", "a" * 500):
        assert (await client.get(f"/email-verifications/{token}")).status_code == 404
        assert (await client.put(f"/api/v1/email-verifications/{token}")).status_code == 401


async def test_the_token_is_stored_nowhere(cast):
    token = await issue(cast.bob)
    rows = await DB.fetch("SELECT email_verifications::text AS all_of_it FROM email_verifications")
    assert rows
    assert token not in rows[0]["all_of_it"]
    assert token.encode().hex() not in rows[0]["all_of_it"]


async def test_another_site_cannot_confirm(cast, client):
    token = await issue(cast.bob)
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert (await client.post(f"/email-verifications/{token}", headers=headers)).status_code == 403
    assert not await activated(cast.bob)


async def test_a_link_can_be_sent_again(cast, as_):
    bob = as_(cast.bob)
    assert "bob@example.org" in (await bob.get("/email-verifications")).text
    answer = await bob.post("/email-verifications")
    assert answer.status_code == 303
    assert "is on its way" in (await bob.get(answer.headers["location"])).text
    assert (await bob.post("/api/v1/email-verifications")).status_code == 202
    await work_off()
    [link] = await links_to(cast.bob.email)
    assert (await bob.post(link)).status_code == 303
    assert await activated(cast.bob)
    refused = await bob.post("/api/v1/email-verifications")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (409, "conflict")
    assert "confirmed" in (await bob.get("/email-verifications")).text
    await bob.post("/email-verifications")
    assert await DB.fetch("SELECT FROM outbox") == []


async def test_pressed_in_a_hurry_it_is_one_mail_and_later_another(cast):
    for _ in range(3):
        await services.resend_verification(cast.bob.viewer)
    await work_off()
    assert len(await links_to(cast.bob.email)) == 1
    await services.resend_verification(cast.bob.viewer)
    await work_off()
    assert len(await links_to(cast.bob.email)) == 2


async def test_only_members_ask_for_a_link(client, database):
    assert (await client.post("/api/v1/email-verifications")).status_code == 401
    assert (await client.post("/email-verifications")).status_code == 401
    answer = await client.get("/email-verifications")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")


async def test_a_link_that_is_not_needed_any_more_is_not_sent(cast):
    await services.resend_verification(cast.bob.viewer)
    await verification.verify(await issue(cast.bob))
    await work_off()
    assert await links_to(cast.bob.email) == []


async def test_old_ones_are_forgotten(cast):
    await issue(cast.bob)
    await verification.drop_old()
    assert len(await DB.fetch("SELECT FROM email_verifications")) == 1
    await DB.fetch("UPDATE email_verifications SET expires_at = now() - interval '31 days'")
    await verification.drop_old()
    assert await DB.fetch("SELECT FROM email_verifications") == []


async def test_looking_at_a_link_is_one_query_and_using_it_two(cast, queries):
    token = await issue(cast.bob)
    queries.clear()
    await verification.look_at(token)
    assert len(queries) == 1
    queries.clear()
    await verification.verify(token)
    assert len(queries) == 2
