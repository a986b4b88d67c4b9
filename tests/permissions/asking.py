"""A request of the table, made by somebody of the table, and what the answer comes to."""

import html
import re
from typing import get_args

import httpx

from app.permissions.rows import Row
from app.permissions.rules import Answer
from app.web.errors import Forbidden, Locked, Unauthenticated
from tests.permissions.places import address_of
from tests.permissions.sending import sent_to
from tests.permissions.world import World

SENTENCES: dict[str, tuple[Answer, int]] = {
    Unauthenticated.message: ("unauthenticated", 401),
    Forbidden.message: ("forbidden", 403),
    "To delete your own account, use": ("forbidden", 403),
    "a token": ("scope", 403),
    Locked.message: ("locked", 409),
    "Nobody follows themself.": ("conflict", 409),
    "Nobody blocks themself.": ("conflict", 409),
    "This link leads nowhere any more": ("invalid_token", 422),
    # Last: it stands on every page of theirs.
    "Your account is suspended: Rude.": ("suspended", 403),
}


async def ask(client: httpx.AsyncClient, row: Row, world: World) -> Answer:
    """What the world's asker is answered by this route."""
    path, sent = await address_of(row, world), await sent_to(row, world)
    headers = {**world.headers, **sent.pop("headers", {})}
    cookies = {**world.cookies, **sent.pop("cookies", {})}
    headers["Cookie"] = cookie_header(cookies)
    answer = await client.request(row.method, path, headers=headers, **sent)
    client.cookies.clear()
    return _outcome(row, answer)


def cookie_header(cookies: dict[str, str]) -> str:
    return "; ".join(f"{name}={value}" for name, value in cookies.items())


def _outcome(row: Row, answer: httpx.Response) -> Answer:
    found = _of_api(answer) if row.address.startswith("/api/v1/") else _of_page(answer)
    is_empty = any(rule.admin == "nothing" for rule in row.rules.values())
    return "nothing" if found == "not_found" and is_empty else found


def _of_api(answer: httpx.Response) -> Answer:
    if not answer.is_error:
        return "may"
    code: Answer = answer.json()["errors"][0]["code"]
    assert code in get_args(Answer), answer.text
    return code


def _of_page(answer: httpx.Response) -> Answer:
    """A page bears no code, but its sentence; a form comes back with it, and with every word."""
    where = answer.headers.get("location", "")
    if where.startswith("/sign-in?next=") or where == "/sign-up":
        return "unauthenticated"
    if answer.status_code == 404:
        return "not_found"
    return "may" if not answer.is_error else _said(answer)


def _said(answer: httpx.Response) -> Answer:
    text = html.unescape(answer.text)
    heard = [code for sentence, (code, status) in SENTENCES.items()
             if sentence in text and answer.status_code in {status, 422}]  # fmt: skip
    assert heard, f"{answer.status_code}: {re.findall('<h1.*', text)}"
    return heard[0]
