"""Who gets through to Piccolo Admin, and what of it is there at all."""

import re
from collections.abc import Callable

import httpx
import pytest

from app.database.engine import Engine
from app.web.headers import SECURITY
from tests.admin.asking import API
from tests.cast import Cast, Member
from tests.serving import Server

As = Callable[[Member], httpx.AsyncClient]

THERE = ["/admin/", "/admin/api/tables/", f"{API}/users/", f"{API}/users/schema/", "/admin/api/user/",
         "/admin/public/meta/"]  # fmt: skip
DOORS = ["/admin/public/login/", "/admin/public/logout/", "/admin/api/change-password/", "/admin/openapi.json",
         "/admin/api/openapi.json", "/admin/api/docs/", "/admin/public/docs/", "/admin/docs", "/admin/api/media/",
         "/admin/api/mfa-setup/", "/admin/assets/../index.html", "/admin/assets/%2e%2e/index.html",
         "/admin//", "/admin/nothing"]  # fmt: skip


async def test_an_admin_gets_all_of_it(ada: httpx.AsyncClient) -> None:
    assert {path: (await ada.get(path)).status_code for path in THERE} == dict.fromkeys(THERE, 200)
    for asset in re.findall(r'"\./(assets/[^"]+)"', (await ada.get("/admin/")).text):
        assert (await ada.get(f"/admin/{asset}")).status_code == 200


@pytest.mark.parametrize("who", ["nobody", "alice", "mona"])
async def test_for_everybody_else_there_is_nothing(
    cast: Cast, client: httpx.AsyncClient, ada: httpx.AsyncClient, as_: As, who: str
) -> None:
    asking = client if who == "nobody" else as_(getattr(cast, who))
    script = re.findall(r'"\./(assets/[^"]+)"', (await ada.get("/admin/")).text)
    assert script
    for path in ["/admin", *THERE, *DOORS, *(f"/admin/{asset}" for asset in script)]:
        answer = await asking.get(path)
        assert (answer.status_code, "Nothing here" in answer.text) == (404, True), path
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert (await asking.request(method, f"{API}/users/{cast.bob.id}/", json={})).status_code == 404


async def test_another_ones_token_in_a_header_opens_nothing(cast: Cast, client: httpx.AsyncClient) -> None:
    for headers in ({"Authorization": f"Bearer {cast.ada.token}"}, {"Cookie": f"id={cast.ada.token}"}):
        assert (await client.get("/admin/", headers=headers)).status_code == 404


async def test_an_admin_who_was_demoted_a_moment_ago_is_out(
    cast: Cast, ada: httpx.AsyncClient, database: Engine
) -> None:
    await database.fetch("UPDATE users SET role = 'moderator' WHERE id = $1", cast.ada.id)
    assert (await ada.get(f"{API}/users/")).status_code == 404


async def test_its_address_ends_with_a_slash_and_at_the_boundary(cast: Cast, as_: As) -> None:
    ada = as_(cast.ada)
    answer = await ada.get("/admin")
    assert (answer.status_code, answer.headers["location"]) == (303, "/admin/")
    for path in ("/adminfoo", "/adminfoo/", "/admin%2F", "/admin.html", "/foo/admin/"):
        assert (await ada.get(path)).status_code == (200 if path == "/admin%2F" else 404), path


@pytest.mark.parametrize("path", DOORS)
async def test_doors_of_its_own_are_not_there(ada: httpx.AsyncClient, path: str) -> None:
    for method in ("GET", "POST"):
        assert (await ada.request(method, path, json={})).status_code == 404


async def test_its_page_has_our_name_and_a_policy_without_anything_unsafe(ada: httpx.AsyncClient) -> None:
    page = await ada.get("/admin/")
    policy = page.headers["content-security-policy"]
    assert policy.startswith(SECURITY["Content-Security-Policy"])
    assert "unsafe" not in policy
    assert page.headers["x-frame-options"] == "DENY"
    assert "<title>Hubbub</title>" in page.text
    assert "css/admin.css" in page.text
    assert (await ada.get("/admin/public/meta/")).json()["site_name"] == "Hubbub"


async def test_what_it_shows_is_kept_by_nobody(ada: httpx.AsyncClient) -> None:
    assert (await ada.get(f"{API}/users/")).headers["cache-control"] == "private, no-store"


async def test_the_rest_of_the_site_keeps_its_own_policy(client: httpx.AsyncClient) -> None:
    policy = SECURITY["Content-Security-Policy"]
    assert (await client.get("/")).headers["content-security-policy"] == policy


@pytest.mark.parametrize("query", ["__order=nonsense", "id=nonsense", "__page=nonsense", "nonsense=1",
                                   "__visible_fields=password", "__page=99999999999999999999"])  # fmt: skip
async def test_a_query_that_makes_no_sense_is_the_askers_fault(ada: httpx.AsyncClient, query: str) -> None:
    assert (await ada.get(f"{API}/users/?{query}")).status_code in {400, 422}


async def test_over_https_its_writes_work_from_our_address_only(
    cast: Cast, serve: Callable[..., Server]
) -> None:
    site = serve(url="https://talk.example.org", trusted_proxies="127.0.0.1")
    headers = {"X-Forwarded-Proto": "https", "Origin": "https://talk.example.org", "X-CSRFToken": "t"}
    cookies = {"Cookie": f"__Host-hubbub_session={cast.ada.token}; csrftoken=t"}
    async with site.client() as ada:
        path = f"{API}/users/{cast.bob.id}/"
        answer = await ada.patch(path, json={"admin_notes": "one"}, headers=headers | cookies)
        assert answer.status_code == 200, answer.text
        foreign = headers | cookies | {"Origin": "https://evil.example.org"}
        assert (await ada.patch(path, json={"admin_notes": "two"}, headers=foreign)).status_code == 403
