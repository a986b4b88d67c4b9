"""Every channel of the table: who may subscribe on the socket, and who may read it without one."""

import httpx
import pytest

from app.database.engine import DB
from app.live import channels
from app.permissions.rows import EVERYBODY, TOKENS, Row, answer
from app.permissions.rules import Answer
from app.permissions.table import CHANNELS
from tests.api import BASE
from tests.live_client import LiveClient
from tests.permissions.asking import cookie_header
from tests.permissions.places import address_of
from tests.permissions.world import World, make_world
from tests.serving import Server

CASES = [pytest.param(row, state, id=f"{row.address} {state}") for row in CHANNELS for state in row.rules]


@pytest.mark.parametrize(("row", "state"), CASES)
async def test_the_socket_lets_in_whom_the_table_says(server: Server, row: Row, state: str) -> None:
    world = await make_world(row, state)
    channel = await address_of(row, world)
    heard = {who: await subscribe(server, world.asked_by(who), channel) for who in EVERYBODY}
    assert heard == {who: on_the_socket(answer(row, state, who)) for who in EVERYBODY}


@pytest.mark.parametrize(("row", "state"), CASES)
async def test_so_does_asking_without_one(server: Server, row: Row, state: str) -> None:
    world = await make_world(row, state)
    channel = await address_of(row, world)
    async with server.client() as client:
        heard = {who: await poll(client, world.asked_by(who), channel) for who in EVERYBODY}
    assert heard == {who: without_a_socket(answer(row, state, who)) for who in EVERYBODY}


async def test_every_channel_that_there_is_has_its_row(server: Server) -> None:
    await make_world(CHANNELS[0], "any")
    there_are = {
        row["noun"] for row in await DB.fetch("SELECT split_part(name, ':', 1) AS noun FROM channels")
    }
    assert there_are == {row.address.partition(":")[0] for row in CHANNELS}
    # The names that a reader may say at all.
    assert {noun for noun in there_are if channels.NAME.match(noun) or channels.NAME.match(f"{noun}:1")} == (
        there_are - {"access"}
    )


@pytest.mark.parametrize(
    "row", [row for row in CHANNELS if row.address != "access"], ids=lambda row: row.address
)
def test_who_is_kept_out_has_a_neighbour_who_is_let_in(row: Row) -> None:
    assert "may" in {answer(row, state, who) for state in row.rules for who in EVERYBODY}


async def subscribe(server: Server, world: World, channel: str) -> Answer:
    origin = None if world.who in TOKENS else server.url
    token = world.cookies.get("hubbub_session")
    opened = await LiveClient.open(server.live_url, token=token, origin=origin, headers=world.headers)
    async with opened as client:
        frame = await client.subscribe(channel)
    if frame["type"] == "subscribed":
        return "may"
    code: Answer = frame["code"]
    return code


def on_the_socket(said: Answer) -> Answer:
    """A channel that is not for them is one that is not there, whatever the reason (LIVE.md)."""
    return "may" if said == "may" else "not_found"


async def poll(client: httpx.AsyncClient, world: World, channel: str) -> Answer:
    path = f"{BASE}/channels/{channel}/events"
    answer = await client.get(path, headers=world.headers | {"Cookie": cookie_header(world.cookies)})
    if not answer.is_error:
        return "may"
    code: Answer = answer.json()["errors"][0]["code"]
    return code


def without_a_socket(said: Answer) -> Answer:
    return "not_found" if said == "nothing" else said
