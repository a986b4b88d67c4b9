"""The link that makes the first admin: once, for a day, and for one of all who come."""

import asyncio
import re
from collections.abc import Callable

import httpx
import pytest

from app.accounts.set_up import services
from app.database.engine import Engine
from tests.cast import Cast
from tests.serving import Server
from tests.waiting import eventually

PASSWORD = "a sentence that is quite good"
FORM = {"username": "olga", "name": "Olga", "email": "olga@example.org", "password": PASSWORD}


@pytest.fixture
async def link(database: Engine) -> str:
    token = await services.offer_link()
    assert token
    return f"/set-up/{token}"


async def people(database: Engine, role: str = "admin") -> list[str]:
    found = await database.fetch("SELECT username FROM users WHERE role = $1 ORDER BY id", role)
    return [row["username"] for row in found]


async def test_whoever_opens_it_becomes_the_admin_and_is_signed_in(
    client: httpx.AsyncClient, database: Engine, link: str
) -> None:
    assert "Become the admin" in (await client.get(link)).text
    answer = await client.post(link, data=FORM)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    me = (await client.get("/api/v1/me")).json()["data"]
    assert (me["username"], me["name"], me["role"], me["email"]) == ("olga", "Olga", "admin", FORM["email"])
    assert me["activated_at"]
    assert (await client.get("/admin/")).status_code == 200


async def test_looking_does_not_use_it_up(client: httpx.AsyncClient, link: str) -> None:
    for _ in range(3):
        assert (await client.head(link)).status_code == 200
        assert (await client.get(link)).status_code == 200


async def test_used_it_is_gone(client: httpx.AsyncClient, database: Engine, link: str) -> None:
    another = f"/set-up/{await services.offer_link()}"
    assert (await client.post(link, data=FORM)).status_code == 303
    second = {**FORM, "username": "mallory", "email": "mallory@example.org"}
    for path in (link, another):
        assert (await client.get(path)).status_code == 404
        assert (await client.post(path, data=second)).status_code == 404
    assert await people(database) == ["olga"]
    assert await services.offer_link() is None


async def test_of_many_who_come_at_once_one_becomes_admin(server: Server, database: Engine) -> None:
    """All are held at the links until everybody is there."""
    links = [f"/set-up/{await services.offer_link()}" for _ in range(2)]
    forms = [{**FORM, "username": f"olga_{n}", "email": f"olga_{n}@example.org"} for n in range(4)]
    async with server.client() as client:
        async with database.transaction():
            await database.fetch("SELECT FROM set_up_links FOR UPDATE")
            posts = [asyncio.create_task(client.post(links[n % 2], data=f)) for n, f in enumerate(forms)]
            await eventually(lambda: _held(database, len(forms)), "all of them wait")
        answers = await asyncio.gather(*posts)
    assert sorted(answer.status_code for answer in answers) == [303] + [404] * 3
    assert len(await people(database)) == 1
    assert await people(database, "member") == []


async def _held(database: Engine, count: int) -> bool:
    found = await database.fetch("SELECT DISTINCT pid FROM pg_locks WHERE NOT granted")
    return len(found) == count


@pytest.mark.parametrize("token", ["nonsense", "a" * 43, "%00", "x" * 5000])
async def test_foreign_links_are_nothing(
    client: httpx.AsyncClient, database: Engine, link: str, token: str
) -> None:
    assert (await client.get(link)).status_code == 200
    assert (await client.get(f"/set-up/{token}")).status_code == 404
    assert (await client.post(f"/set-up/{token}", data=FORM)).status_code == 404
    assert await people(database) == []


async def test_after_a_day_it_is_nothing(client: httpx.AsyncClient, database: Engine, link: str) -> None:
    await database.fetch("UPDATE set_up_links SET expires_at = now() - interval '1 second'")
    assert (await client.get(link)).status_code == 404
    assert (await client.post(link, data=FORM)).status_code == 404
    assert await people(database) == []


async def test_where_there_is_an_admin_no_link_is_good(
    client: httpx.AsyncClient, database: Engine, link: str
) -> None:
    await database.fetch(
        "INSERT INTO users (username, email, password, role) VALUES ('ada', 'ada@example.org', '', 'admin')"
    )
    assert (await client.get(link)).status_code == 404
    assert (await client.post(link, data=FORM)).status_code == 404


@pytest.mark.parametrize(
    ("field", "value"),
    [("password", "password123"), ("password", "short"), ("username", "o"), ("email", "olga"), ("name", " ")],
)
async def test_what_cannot_be_taken_keeps_the_words_and_the_link(
    client: httpx.AsyncClient, database: Engine, link: str, field: str, value: str
) -> None:
    answer = await client.post(link, data={**FORM, field: value})
    assert answer.status_code == 422
    assert f'id="error-{field}"' in answer.text
    assert FORM["password"] not in answer.text
    assert await people(database) == []
    assert (await client.post(link, data=FORM)).status_code == 303


async def test_another_site_cannot_post_it(client: httpx.AsyncClient, database: Engine, link: str) -> None:
    answer = await client.post(link, data=FORM, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert await people(database) == []


async def test_only_a_hash_of_it_is_stored(database: Engine, link: str) -> None:
    token = link.rpartition("/")[2]
    (row,) = await database.fetch("SELECT set_up_links::text AS all_of_it FROM set_up_links")
    assert token not in row["all_of_it"]


async def test_a_first_start_prints_a_link_that_works(serve: Callable[..., Server], database: Engine) -> None:
    site = serve()
    printed = re.search(r"http://127\.0\.0\.1:(\d+)(/set-up/\S+)", site.output())
    assert printed, site.output()
    assert int(printed[1]) == site.port
    async with site.client() as client:
        assert (await client.post(printed[2], data=FORM)).status_code == 303
    assert await people(database) == ["olga"]


async def test_in_production_no_log_gets_a_link(serve: Callable[..., Server], database: Engine) -> None:
    assert "/set-up/" not in serve(env="production").output()
    assert not await database.fetch("SELECT FROM set_up_links")


async def test_a_start_with_an_admin_prints_none(cast: Cast, serve: Callable[..., Server]) -> None:
    assert "set-up" not in serve().output()
