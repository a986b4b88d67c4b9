"""Leaks into logs: whoever reads all that web and worker say at their most talkative learns nothing of anybody.

A test goes through every flow in which a secret, an address or somebody's words take part, makes some of them fail in
the worst way, and then looks for all of these in the output.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from app.database.engine import DB
from tests.api import BASE, shown
from tests.live_client import LiveClient
from tests.mail_server import MailServer, mail_server, part
from tests.pictures import picture
from tests.second_factor import App
from tests.serving import Server
from tests.waiting import eventually
from tests.working import Worker

WORDS = "somebodys-own-words"
ADDRESS, DEVICE = "203.0.113.77", "Agent-of-grace/9.9"
EMAIL, NEW_EMAIL, NOBODY = "grace.hopper@example.org", "rear.admiral@example.org", "nobody.at.all@example.org"
PASSWORD, OTHER, WRONG = "the first pass phrase", "the second pass phrase", "a pass phrase that is wrong"
BY_WAY = {"X-Forwarded-For": ADDRESS, "User-Agent": DEVICE}
TALKATIVE = {"log_level": "debug", "slow_request_ms": 1, "slow_query_ms": 1}


class Secrets(dict[str, str]):
    """What must not be found, by what it is."""

    def found_in(self, said: str) -> set[str]:
        return {name for name, value in self.items() if value.lower() in said.lower()}


async def _refuse(
    self: MailServer, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
) -> str:
    """As servers do that name whom they do not know."""
    if address == NEW_EMAIL and not self.mails_for_new:  # type: ignore[attr-defined]
        return f"450 4.2.1 <{address}>: Recipient address rejected"
    envelope.rcpt_tos.append(address)
    return "250 OK"


@asynccontextmanager
async def refusing_once(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[MailServer]:
    """A mail server that does not know the new address, until it is told to."""
    monkeypatch.setattr(MailServer, "handle_RCPT", _refuse, raising=False)
    monkeypatch.setattr(MailServer, "mails_for_new", False, raising=False)
    async with mail_server() as server:
        yield server


@asynccontextmanager
async def broken(table: str, column: str) -> AsyncIterator[None]:
    """Rows with the words in this column are refused by PostgreSQL, which tells of them by showing them."""
    await DB.fetch(
        f"ALTER TABLE {table} ADD CONSTRAINT attacked CHECK ({column} NOT LIKE '%{WORDS}%') NOT VALID"
    )
    try:
        yield
    finally:
        await DB.fetch(f"ALTER TABLE {table} DROP CONSTRAINT attacked")


async def link_to(server: MailServer, address: str, place: str) -> str:
    """The token of the newest link of this kind that was mailed there."""
    pattern = re.compile(rf"/{place}/([A-Za-z0-9_-]{{40,}})")

    def look() -> str | None:
        found = [pattern.search(part(mail, "plain")) for mail in server.to(address)]
        return next((match[1] for match in reversed(found) if match), None)

    token: str = await eventually(look, f"a link to {place} comes to {address}")
    return token


async def come_in(client: httpx.AsyncClient, mails: MailServer, secrets: Secrets) -> int:
    """Sign up, confirm, fail to sign in in every way, and sign in."""
    body = {
        "username": "grace",
        "name": "Grace",
        "email": EMAIL,
        "password": PASSWORD,
        "profile": {"bio": WORDS},
    }
    user = shown(await client.post(f"{BASE}/registrations", json=body), 201)
    secrets["session"] = client.cookies["hubbub_session"]
    secrets["browser"] = client.cookies["hubbub_browser"]
    secrets["confirmation"] = await link_to(mails, EMAIL, "email-verifications")
    for answer in (
        await client.get(f"/email-verifications/{secrets['confirmation']}"),
        await client.put(f"{BASE}/email-verifications/{secrets['confirmation']}"),
    ):
        assert answer.status_code == 200
    for email, password in ((EMAIL, WRONG), (NOBODY, PASSWORD), (EMAIL.upper(), WRONG)):
        answer = await client.post(f"{BASE}/session", json={"email": email, "password": password})
        assert answer.status_code == 401
        await client.post("/sign-in", data={"email": email, "password": password, "next": f"/?q={WORDS}"})
    shown(await client.post(f"{BASE}/session", json={"email": EMAIL, "password": PASSWORD}))
    secrets["second session"] = client.cookies["hubbub_session"]
    identity: int = user["id"]
    return identity


async def use_codes(client: httpx.AsyncClient, secrets: Secrets) -> None:
    begun = shown(await client.post(f"{BASE}/me/totp", json={"password": PASSWORD}), 201)
    app = App(begun["secret"])
    made = shown(await client.put(f"{BASE}/me/totp", json={"code": app.code()}))
    secrets |= {"totp secret": app.secret, "recovery code": made["recovery_codes"][0]}
    form = {"email": EMAIL, "password": PASSWORD}
    assert (await client.post("/sign-in", data=form)).headers["location"].startswith("/sign-in/code")
    secrets["half a sign-in"] = client.cookies["hubbub_sign_in"]
    assert (await client.post("/sign-in/code", data={"otp": "MADE-UPCO-DEXX-XXXX"})).status_code == 422
    otp = made["recovery_codes"][0]
    assert (await client.post("/sign-in/code", data={"otp": otp})).status_code == 303
    ending = {"password": PASSWORD, "otp": made["recovery_codes"][1]}
    assert (await client.request("DELETE", f"{BASE}/me/totp", json=ending)).status_code == 204
    secrets["session after the code"] = client.cookies["hubbub_session"]


async def use_a_token(client: httpx.AsyncClient, server: Server, secrets: Secrets) -> None:
    """By request, by socket, and by those who think they have one."""
    made = shown(await client.post(f"{BASE}/tokens", json={"name": WORDS, "scopes": ["read"]}), 201)
    secrets["token"] = made["token"]
    async with server.client(headers=BY_WAY) as program:
        for text in (made["token"], "hub_" + "made-up-token-" * 4):
            await program.get(f"{BASE}/me", headers={"Authorization": f"Bearer {text}"})
            await program.get(f"{BASE}/posts?token={text}")
    async with await LiveClient.open(server.live_url, headers=BY_WAY) as live:
        await live.ask("auth", token=made["token"])
    async with await LiveClient.open(server.live_url, headers=BY_WAY) as live:
        await live.say(f'{{"type": "auth", "token": "{made["token"]}", "words": "{WORDS}"')
        await live.gone()


async def write(client: httpx.AsyncClient) -> None:
    """Words of all kinds: good, refused, refused by the database, too many, malformed."""
    post = {"title": f"A title, {WORDS}", "body": f"A body, {WORDS}", "tags": ["tea"]}
    thread = shown(await client.post(f"{BASE}/posts", json=post), 201)
    place = f"{BASE}/posts/{thread['id']}/comments"
    shown(await client.post(place, json={"body": WORDS}), 201)
    for answer in (
        await client.post(place, json={"body": "x" * 20_000 + WORDS}),
        await client.post(place, json={WORDS: WORDS}),
        await client.post(place, content=f'{{"body": "{WORDS}'),
        await client.post(f"/posts/{thread['id']}/comments", data={"body": "x" * 20_000 + WORDS}),
        await client.get(f"/nowhere?q={WORDS}"),
        await client.get(f"{BASE}/posts?sort={WORDS}&tag={WORDS}"),
        await client.get(f"{BASE}/users?q={WORDS}&page=x"),
        await client.post(f"{BASE}/posts", json=post, headers={"Origin": f"https://{WORDS}.example"}),
        await client.put(f"{BASE}/users/1/avatar", files={"file": (WORDS, WORDS.encode())}),
    ):
        assert answer.is_client_error, answer.text
    for table, path in (("posts", f"{BASE}/posts"), ("comments", place)):
        async with broken(table, "body"):
            assert (
                await client.post(path, json=post if table == "posts" else {"body": WORDS})
            ).status_code == 500
    await client.post("/settings/avatar", files={"file": (f"{WORDS}.png", picture("PNG"))})


async def change_ways_in(client: httpx.AsyncClient, mails: MailServer, secrets: Secrets) -> None:
    shown(await client.put(f"{BASE}/me/password", json={"current": PASSWORD, "password": OTHER}))
    await client.put(f"{BASE}/me/password", json={"current": WRONG, "password": OTHER})
    shown(await client.put(f"{BASE}/me/email", json={"email": NEW_EMAIL, "password": OTHER}))
    await eventually(_mail_has_failed, "the mail to the new address fails")
    shown(await client.post(f"{BASE}/password-resets", json={"email": EMAIL}), 202)
    shown(await client.post(f"{BASE}/password-resets", json={"email": NOBODY}), 202)
    secrets["reset"] = await link_to(mails, EMAIL, "password-resets")
    await client.get(f"/password-resets/{secrets['reset']}")
    await client.put(f"{BASE}/password-resets/{secrets['reset']}", json={"password": "short"})
    shown(await client.put(f"{BASE}/password-resets/{secrets['reset']}", json={"password": PASSWORD}))


async def _mail_has_failed() -> bool:
    return bool(await DB.fetch("SELECT FROM outbox WHERE job = 'send_email_change' AND error IS NOT NULL"))


async def leave(client: httpx.AsyncClient, user_id: int) -> None:
    shown(await client.post(f"{BASE}/session", json={"email": EMAIL, "password": PASSWORD}))
    body = {"password": PASSWORD, "content": "remove"}
    shown(await client.put(f"{BASE}/users/{user_id}/deletion", json=body))


async def shout(server: Server, token: str) -> None:
    """What is no HTTP at all."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(f"GET /?q={WORDS} HTTP/7\r\nCookie hubbub_session={token}\r\n\r\n".encode())
    await reader.read(1000)
    writer.close()


@pytest.mark.parametrize("form", ["json", "text"])
async def test_nothing_of_anybody_is_in_any_log(
    serve: Callable[..., Server], monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    secrets = Secrets(
        {"words": WORDS, "network address": ADDRESS, "device": DEVICE, "address": EMAIL, "new address": NEW_EMAIL,
         "nobody's address": NOBODY, "password": PASSWORD, "new password": OTHER, "wrong password": WRONG}
    )  # fmt: skip
    async with refusing_once(monkeypatch) as mails:
        chosen = {**TALKATIVE, "log_format": form, "smtp_url": mails.url}
        server, worker = serve(trusted_proxies="127.0.0.1", **chosen), Worker(**chosen)
        try:
            worker.start()
            async with server.client(headers=BY_WAY) as client:
                user_id = await come_in(client, mails, secrets)
                await use_a_token(client, server, secrets)
                await write(client)
                await use_codes(client, secrets)
                await change_ways_in(client, mails, secrets)
                await leave(client, user_id)
            await shout(server, secrets["session"])
            await eventually(lambda: mails.to(EMAIL), "a farewell comes")
        finally:
            worker.terminate()
            server.terminate()
            said = {"web": server.output(), "worker": worker.output()}
            worker.close()
    assert {name: secrets.found_in(text) for name, text in said.items()} == {"web": set(), "worker": set()}
    for event in ("slow_request", "slow_query", "request_failed", "CheckViolationError"):
        assert event in said["web"], "it had much to say"
    assert "job_failed" in said["worker"]
    assert "450" in said["worker"], "why a mail failed is told"


def test_each_of_them_would_be_found() -> None:
    secrets = Secrets({"one": "Abc", "two": "xyz"})
    assert secrets.found_in("... aBC ...") == {"one"}
