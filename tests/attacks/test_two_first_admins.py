"""Two first admins: of all who open the way of the first start at once, one becomes admin, and nobody after."""

import asyncio

from app.accounts.schemas import Registration
from app.accounts.sessions import Client
from app.accounts.set_up.services import offer_link, use_link
from app.database.engine import DB, Engine
from app.web.errors import Refusal
from app.web.validation import read_fields
from tests.cast import PASSWORD
from tests.serving import Server

BROWSER = Client("a browser", "203.0.113.1", "")


def wanted(number: int) -> dict[str, str]:
    name = f"admin{number}"
    return {"username": name, "name": name, "email": f"{name}@example.org", "password": PASSWORD}


async def admins() -> int:
    count: int = (await DB.fetch("SELECT count(*) FROM users WHERE role = 'admin'"))[0][0]
    return count


async def links(count: int) -> list[str]:
    """As many starts before the first admin print as many links."""
    found = [await offer_link() for _ in range(count)]
    assert all(found)
    return [link for link in found if link]


async def test_by_many_links_at_many_servers(serve, server: Server, database: Engine) -> None:
    servers, offered = [server, serve()], await links(6)

    async def come(number: int) -> int:
        async with servers[number % 2].client() as client:
            answer = await client.post(f"/set-up/{offered[number]}", data=wanted(number))
            return int(answer.status_code)

    codes = await asyncio.gather(*(come(number) for number in range(6)))
    assert sorted(codes) == [303, *[404] * 5]
    assert (await admins(), (await DB.fetch("SELECT count(*) FROM users"))[0][0]) == (1, 1)


async def test_by_the_service_itself(database: Engine) -> None:
    offered = await links(5)

    async def use(number: int) -> bool:
        try:
            await use_link(offered[number], read_fields(Registration, wanted(number)), BROWSER)
        except Refusal:
            return False
        return True

    assert sum(await asyncio.gather(*(use(number) for number in range(5)))) == 1
    assert await admins() == 1


async def test_nobody_else_becomes_one_by_signing_up(server: Server, database: Engine) -> None:
    async with server.client() as first, server.client() as second:
        answers = await asyncio.gather(
            first.post("/sign-up", data=wanted(1)), second.post("/sign-up", data=wanted(2))
        )
        assert {answer.status_code for answer in answers} == {303}
    assert await admins() == 0
    [link] = await links(1)
    async with server.client() as owner:
        assert (await owner.post(f"/set-up/{link}", data=wanted(3))).status_code == 303
    assert await admins() == 1
    assert await offer_link() is None
