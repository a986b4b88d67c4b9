"""Token reuse, and use for another purpose: each secret opens its one door, for its time, as often as it may."""

import asyncio
from collections.abc import Awaitable, Callable

import httpx
import pytest

from app.accounts import verification
from app.accounts.addresses import links as addresses
from app.accounts.addresses.services import ask_for_email
from app.accounts.resets import links as resets
from app.accounts.second_factor import sign_ins
from app.accounts.security.schemas import EmailChange
from app.accounts.set_up.services import offer_link
from app.comments.pending import keep_reply
from app.comments.schemas import NewComment
from app.database.engine import DB
from app.database.transaction import transaction
from tests.api import BASE
from tests.cast import PASSWORD, Cast
from tests.second_factor import turn_on
from tests.serving import Server
from tests.tokens import lend
from tests.writers import open_thread

NEW = "another long pass phrase"
Make = Callable[[Cast], Awaitable[str]]
Open = Callable[[httpx.AsyncClient, str], Awaitable[bool]]


async def a_session(cast: Cast) -> str:
    return cast.alice.token


async def a_token(cast: Cast) -> str:
    return (await lend(cast.alice, "read", "write", "moderate", "admin")).text


async def a_confirmation(cast: Cast) -> str:
    return await verification.issue(cast.alice.id, cast.alice.email)


async def a_new_address(cast: Cast) -> str:
    await ask_for_email(cast.alice.viewer, EmailChange(password=PASSWORD, email="al@example.org"))
    [change] = await DB.fetch("SELECT id FROM email_changes")
    issued = await addresses.issue(change["id"])
    assert issued
    return issued.token


async def a_reset(cast: Cast) -> str:
    issued = await resets.issue(cast.alice.email, "one")
    assert issued
    return issued.token


async def an_invitation(cast: Cast) -> str:
    await DB.fetch("UPDATE users SET role = 'member'")
    token = await offer_link()
    assert token
    return token


async def half_a_sign_in(cast: Cast) -> str:
    await turn_on(cast.alice)
    async with transaction():
        return await sign_ins.keep(cast.alice.id)


async def a_waiting_reply(cast: Cast) -> str:
    return await keep_reply(cast.alice.viewer, await open_thread(cast.alice), NewComment(body="Waiting."))


async def a_browser(_cast: Cast) -> str:
    return "the-name-of-a-browser-that-opens-nothing-at-all"


async def as_session(client: httpx.AsyncClient, text: str) -> bool:
    answer = await client.get(f"{BASE}/me", headers={"Cookie": f"hubbub_session={text}"})
    return answer.status_code == 200


async def as_token(client: httpx.AsyncClient, text: str) -> bool:
    answer = await client.get(f"{BASE}/me", headers={"Authorization": f"Bearer {text}"})
    return answer.status_code == 200


async def as_confirmation(client: httpx.AsyncClient, text: str) -> bool:
    return (await client.post(f"/email-verifications/{text}")).status_code == 303


async def as_new_address(client: httpx.AsyncClient, text: str) -> bool:
    cookie = {"Cookie": "hubbub_session=token-of-alice-which-nobody-guesses"}
    return (await client.post(f"/email-changes/{text}", headers=cookie)).status_code == 303


async def as_reset(client: httpx.AsyncClient, text: str) -> bool:
    answer = await client.put(f"{BASE}/password-resets/{text}", json={"password": NEW})
    return answer.status_code == 200


async def as_invitation(client: httpx.AsyncClient, text: str) -> bool:
    form = {"username": "grace", "name": "Grace", "email": "grace@example.org", "password": NEW}
    return (await client.post(f"/set-up/{text}", data=form)).status_code == 303


async def as_half_a_sign_in(client: httpx.AsyncClient, text: str) -> bool:
    return (
        await client.get("/sign-in/code", headers={"Cookie": f"hubbub_sign_in={text}"})
    ).status_code == 200


async def as_waiting_reply(client: httpx.AsyncClient, text: str) -> bool:
    return "Waiting." in (await client.get("/sign-up", headers={"Cookie": f"hubbub_reply={text}"})).text


DOORS: dict[Make, Open] = {
    a_session: as_session, a_token: as_token, a_confirmation: as_confirmation, a_new_address: as_new_address,
    a_reset: as_reset, an_invitation: as_invitation, half_a_sign_in: as_half_a_sign_in,
    a_waiting_reply: as_waiting_reply,
}  # fmt: skip
_LONG_AGO = "created_at = now() - interval '9 days', expires_at = now() - interval '1 s'"
ONCE = [a_confirmation, a_new_address, a_reset, an_invitation]


def named(value: object) -> str:
    return getattr(value, "__name__", str(value))


@pytest.mark.parametrize("make", [*DOORS, a_browser], ids=named)
async def test_use_for_another_purpose(server: Server, cast: Cast, make: Make) -> None:
    text = await make(cast)
    for owner, door in DOORS.items():
        if owner is not make:
            async with server.client() as client:
                assert not await door(client, text), f"{named(make)} opens {named(door)}"
    if make in DOORS:
        async with server.client() as client:
            assert await DOORS[make](client, text), "the neighbour: its own door it opens"


@pytest.mark.parametrize("make", ONCE, ids=named)
async def test_use_for_a_second_time_and_by_many_at_once(server: Server, cast: Cast, make: Make) -> None:
    text = await make(cast)

    async def use() -> bool:
        async with server.client() as client:
            return await DOORS[make](client, text)

    opened = await asyncio.gather(*(use() for _ in range(6)))
    assert sum(opened) == 1
    assert not await use()


@pytest.mark.parametrize("make", [*ONCE, a_session, a_token, half_a_sign_in], ids=named)
async def test_use_when_its_time_is_over(server: Server, cast: Cast, make: Make) -> None:
    text = await make(cast)
    for table in ("sessions", "api_tokens", "email_verifications", "email_changes", "password_resets", "set_up_links",
                  "pending_sign_ins"):  # fmt: skip
        kept = "" if make is a_session or table != "sessions" else " WHERE false"
        await DB.fetch(f"UPDATE {table} SET {_LONG_AGO}{kept}")
    async with server.client() as client:
        assert not await DOORS[make](client, text)


@pytest.mark.parametrize("make", [a_reset, a_new_address, half_a_sign_in], ids=named)
async def test_use_after_the_password_was_changed(server: Server, cast: Cast, make: Make) -> None:
    text = await make(cast)
    async with server.client(cast.alice.token) as alice:
        changed = await alice.put(f"{BASE}/me/password", json={"current": PASSWORD, "password": NEW})
        assert changed.status_code == 200
    async with server.client() as client:
        assert not await DOORS[make](client, text)


@pytest.mark.parametrize("make", DOORS, ids=named)
async def test_no_secret_stands_in_the_database(cast: Cast, make: Make) -> None:
    """Whoever reads a copy of it opens nothing: only hashes are kept."""
    text = await make(cast)
    tables = await DB.fetch("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
    assert len(tables) > 20
    for row in tables:
        found = await DB.fetch(f'SELECT FROM "{row[0]}" AS row WHERE row::text LIKE $1', f"%{text}%")
        assert not found, row[0]


async def test_a_token_made_of_another_by_a_letter_is_none(server: Server, cast: Cast) -> None:
    token = await a_token(cast)
    async with server.client() as client:
        other = "A" if token[-1] != "A" else "B"
        for made_up in (token[:-1], token + "A", token[:-1] + other, token.upper(), "hub_", "hub"):
            assert not await as_token(client, made_up)
        assert await as_token(client, token)
