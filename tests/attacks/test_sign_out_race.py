"""The sign-out race: requests that are under way while somebody signs out must not bring the session back."""

import asyncio
from collections.abc import Awaitable, Callable

import httpx
import pytest

from app.accounts.sessions import TOUCH_SECONDS
from app.database.engine import DB
from tests.api import BASE
from tests.cast import Cast, Member
from tests.serving import Server

SignOut = Callable[[httpx.AsyncClient], Awaitable[None]]
_AGE = "UPDATE sessions SET last_used_at = now() - make_interval(secs => $1)"


async def sessions_of(member: Member) -> int:
    count: int = (await DB.fetch('SELECT count(*) FROM sessions WHERE "user" = $1', member.id))[0][0]
    return count


async def by_api(client: httpx.AsyncClient) -> None:
    assert (await client.delete(f"{BASE}/session")).status_code == 204


async def by_page(client: httpx.AsyncClient) -> None:
    assert (await client.post("/sign-out")).status_code == 303


@pytest.mark.parametrize("sign_out", [by_api, by_page])
async def test_what_was_under_way_does_not_revive_a_session(
    server: Server, cast: Cast, sign_out: SignOut
) -> None:
    # Each of them would write when it was used last.
    await DB.fetch(_AGE, float(2 * TOUCH_SECONDS))
    async with server.client(cast.alice.token) as alice:
        asked = [asyncio.create_task(alice.get(path)) for path in ("/", f"{BASE}/me", "/settings") * 10]
        await sign_out(alice)
        answers = await asyncio.gather(*asked)
        assert all(
            "hubbub_session=" not in line
            for answer in answers
            for line in answer.headers.get_list("set-cookie")
        )
    async with server.client(cast.alice.token) as stolen:
        assert (await stolen.get(f"{BASE}/me")).status_code == 401
    assert await sessions_of(cast.alice) == 0
    assert await sessions_of(cast.bob) == 1, "the neighbour stays in"


async def test_a_sign_in_that_was_under_way_while_all_were_ended_does_not_stay(
    server: Server, cast: Cast
) -> None:
    """A new password ends every session; one that is being opened with the old one ends or does not begin."""
    old, new = "a long enough pass phrase", "another long pass phrase"
    async with server.client() as thief, server.client(cast.alice.token) as alice:
        entering = [
            asyncio.create_task(
                thief.post(f"{BASE}/session", json={"email": cast.alice.email, "password": old})
            )
            for _ in range(4)
        ]
        changed = await alice.put(f"{BASE}/me/password", json={"current": old, "password": new})
        assert changed.status_code == 200
        entered = await asyncio.gather(*entering)
        assert {answer.status_code for answer in entered} <= {200, 401}
        assert (await alice.get(f"{BASE}/me")).status_code == 200
    assert await sessions_of(cast.alice) == 1
