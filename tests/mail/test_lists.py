"""Stopping mails: by one click of a mail program, by a button, never by a look; and by nobody's made-up link."""

from collections.abc import Callable
from typing import Any

import httpx
import msgspec
import pytest

from app.accounts.mails import REGISTRATIONS, registration_notice
from app.database.engine import DB
from app.mail import delivery
from app.mail.delivery import deliver
from app.mail.letters import Mail
from app.mail.lists.links import link_to_leave
from app.mail_lists import MAIL_LISTS
from app.settings import settings
from tests.cast import Cast, Member
from tests.inside import cost
from tests.mail_server import mail_server

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


async def notice(cast: Cast, admin: Member | None = None) -> Mail | None:
    return await registration_notice(cast.alice.id, (admin or cast.ada).id)


async def path_of(member: Member) -> str:
    link = await link_to_leave(REGISTRATIONS, member.id)
    assert link.startswith(settings.address)
    return link.removeprefix(settings.address)


async def test_the_mail_bears_its_link_in_the_header_and_in_both_parts(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail = await notice(cast)
    assert mail is not None
    assert mail.leave in mail.text
    assert f'href="{mail.leave}"' in mail.html
    async with mail_server() as server:
        monkeypatch.setattr(delivery, "settings", msgspec.structs.replace(settings, smtp_url=server.url))
        await deliver(mail)
    (sent,) = server.mails
    assert sent["List-Unsubscribe"] == f"<{mail.leave}>"
    assert sent["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert b"\r\nList-Unsubscribe: <http" in server.last, "in one piece, or no program finds it"


async def test_a_mail_that_must_come_has_no_such_link(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    async with mail_server() as server:
        monkeypatch.setattr(delivery, "settings", msgspec.structs.replace(settings, smtp_url=server.url))
        await deliver(Mail(to="a@example.org", subject="Code", text="x", html="x", key="k"))
    assert server.mails[0]["List-Unsubscribe"] is None


async def test_one_click_stops_it_and_leads_nowhere(cast: Cast, client: httpx.AsyncClient) -> None:
    assert await notice(cast) is not None
    answer = await client.post(await path_of(cast.ada), data=ONE_CLICK)
    assert answer.status_code == 200, "mail programs follow no redirect (RFC 8058)"
    assert "You get no more of these" in answer.text
    assert await notice(cast) is None
    again = await client.post(await path_of(cast.ada), data=ONE_CLICK)
    assert again.status_code == 200


async def test_one_click_may_come_as_multipart(cast: Cast, client: httpx.AsyncClient) -> None:
    answer = await client.post(await path_of(cast.ada), files={"List-Unsubscribe": (None, "One-Click")})
    assert answer.status_code == 200
    assert await notice(cast) is None


async def test_a_look_stops_nothing(cast: Cast, client: httpx.AsyncClient) -> None:
    for method in ("GET", "HEAD"):
        assert (await client.request(method, await path_of(cast.ada))).status_code == 200
    assert await notice(cast) is not None


async def test_the_button_stops_it_and_another_one_brings_it_back(
    cast: Cast, client: httpx.AsyncClient
) -> None:
    path = await path_of(cast.ada)
    page = await client.get(path)
    assert cast.ada.email in page.text
    assert "a mail whenever somebody signs up" in page.text
    answer = await client.post(path)
    assert (answer.status_code, answer.headers["location"]) == (303, path)
    assert await notice(cast) is None
    assert f'action="{path}/removal"' in (await client.get(path)).text
    answer = await client.post(f"{path}/removal")
    assert (answer.status_code, answer.headers["location"]) == (303, path)
    assert await notice(cast) is not None


async def test_it_stops_this_list_for_this_member_alone(cast: Cast, client: httpx.AsyncClient) -> None:
    await DB.fetch("UPDATE users SET role = 'admin' WHERE id = $1", cast.mona.id)
    await client.post(await path_of(cast.ada), data=ONE_CLICK)
    assert await notice(cast) is None
    assert await notice(cast, cast.mona) is not None
    assert await DB.fetch('SELECT "user", list FROM unsubscriptions') == [(cast.ada.id, "registrations")]


async def test_a_link_that_we_did_not_sign(cast: Cast, client: httpx.AsyncClient) -> None:
    of_ada, of_mallory = await path_of(cast.ada), await path_of(cast.mallory)
    signature = of_mallory.rpartition("/")[2]
    made_up = [
        of_ada.rpartition("/")[0] + f"/{signature}",
        of_ada[:-1] + ("A" if of_ada[-1] != "A" else "B"),
        of_ada + "A",
        of_ada.replace("registrations", "reports"),
        of_ada.replace(f"/{cast.ada.id}/", "/999999999/"),
        of_ada.rpartition("/")[0] + "/%C3%A9",
    ]
    for path in made_up:
        assert (await client.get(path)).status_code == 404
        assert (await client.post(path, data=ONE_CLICK)).status_code == 404
        assert (await client.post(f"{path}/removal")).status_code == 404
    assert await DB.fetch("SELECT FROM unsubscriptions") == []
    assert (await client.post(of_ada, data=ONE_CLICK)).status_code == 200


async def test_a_link_to_an_address_that_one_left_behind(cast: Cast, client: httpx.AsyncClient) -> None:
    path = await path_of(cast.ada)
    await DB.fetch("UPDATE users SET email = 'new@example.org' WHERE id = $1", cast.ada.id)
    assert (await client.post(path, data=ONE_CLICK)).status_code == 404
    page = await client.get(path)
    assert (page.status_code, "new@example.org" in page.text) == (404, False)


async def test_a_link_of_one_who_left_for_good(cast: Cast, client: httpx.AsyncClient) -> None:
    path = await path_of(cast.ada)
    await DB.fetch("UPDATE users SET left_at = now() WHERE id = $1", cast.ada.id)
    assert (await client.post(path, data=ONE_CLICK)).status_code == 404
    assert await link_to_leave(REGISTRATIONS, cast.ada.id) == ""
    assert not await REGISTRATIONS.wanted(cast.ada.id)


async def test_another_site_cannot_press_the_button(cast: Cast, client: httpx.AsyncClient) -> None:
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert (await client.post(await path_of(cast.ada), headers=headers)).status_code == 403
    assert await notice(cast) is not None


async def test_the_link_in_a_cache_or_a_log(cast: Cast, serve: Callable[..., Any]) -> None:
    server = serve(slow_request_ms=1)
    path = await path_of(cast.ada)
    async with server.client() as client:
        page = await client.get(path)
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "strict-origin"
    assert "slow_request" in server.output()
    assert path.rpartition("/")[2] not in server.output()


async def test_a_token_is_not_needed_and_a_signature_is_no_token(
    cast: Cast, client: httpx.AsyncClient
) -> None:
    signature = (await path_of(cast.ada)).rpartition("/")[2]
    assert (
        await client.get("/api/v1/me", headers={"Authorization": f"Bearer {signature}"})
    ).status_code == 401
    client.cookies.set("hubbub_session", signature)
    assert (await client.get("/api/v1/me")).status_code == 401


async def test_the_page_costs_as_much_for_everybody(cast: Cast) -> None:
    assert await cost(await path_of(cast.ada)) == 2


def test_every_list_has_a_name_of_its_own() -> None:
    assert len({mails.name for mails in MAIL_LISTS}) == len(MAIL_LISTS)
    assert MAIL_LISTS
