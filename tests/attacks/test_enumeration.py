"""Enumeration: who has an account is told by no text, no code and no time; for time, the work is compared."""

from collections.abc import Callable

import argon2
import httpx
import pytest

from app.accounts import passwords, services
from app.accounts.resets.schemas import ResetRequest
from app.accounts.resets.services import ask_for_reset
from app.accounts.schemas import Credentials
from app.accounts.sessions import Client
from app.database.engine import DB
from app.web.errors import Refusal
from tests.api import BASE, refused, shown
from tests.cast import PASSWORD, Cast, Member
from tests.counting import counting
from tests.second_factor import turn_on

Clients = Callable[[Member], httpx.AsyncClient]

NOBODY, WRONG = "nobody@example.org", "not the right pass phrase"
BROWSER = Client("a browser", "203.0.113.1", "")


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The hashes that passwords are compared with: the real comparison goes on, and is written down."""
    seen: list[str] = []
    verify = passwords._verify

    def noting(stored: str, password: str) -> bool:
        seen.append(stored)
        return verify(stored, password)

    monkeypatch.setattr(passwords, "_verify", noting)
    return seen


def bare(answer: httpx.Response) -> tuple[object, ...]:
    """All of an answer that does not differ by itself."""
    varying = {"x-request-id", "x-runtime", "date", "etag"}
    headers = {name: value for name, value in answer.headers.items() if name not in varying}
    return answer.status_code, headers, answer.text.replace(answer.headers["x-request-id"], "")


async def emails(cast: Cast) -> list[str]:
    """Of a member, of one with codes, of one who has left, and of nobody; in an order that tells nothing."""
    await turn_on(cast.bob)
    await DB.fetch("UPDATE users SET left_at = now(), password = '' WHERE id = $1", cast.mallory.id)
    return [cast.alice.email, cast.bob.email, cast.mallory.email, NOBODY]


async def test_a_failed_sign_in_looks_the_same_for_everybody(client: httpx.AsyncClient, cast: Cast) -> None:
    known = await emails(cast)
    by_api = [bare(await client.post(f"{BASE}/session", json={"email": e, "password": WRONG})) for e in known]
    assert all(answer == by_api[0] for answer in by_api)
    assert by_api[0][0] == 401
    pages = [bare(await client.post("/sign-in", data={"email": e, "password": WRONG})) for e in known]
    assert (
        len({(status, str(text).replace(e, "")) for e, (status, _, text) in zip(known, pages, strict=True)})
        == 1
    )
    shown(await client.post(f"{BASE}/session", json={"email": known[0], "password": PASSWORD}))


async def test_a_failed_sign_in_does_the_same_work(cast: Cast, hashed: list[str]) -> None:
    """One password is hashed each time, at the same cost, and as many statements are run."""
    work = []
    for email in await emails(cast):
        hashed.clear()
        with counting() as statements, pytest.raises(Refusal):
            await services.sign_in(Credentials(email=email, password=WRONG), BROWSER)
        costs = [argon2.extract_parameters(stored) for stored in hashed]
        work.append((costs, len(statements)))
    assert all(one == work[0] for one in work)
    assert len(work[0][0]) == 1
    hashed.clear()
    await services.sign_in(Credentials(email=cast.alice.email, password=PASSWORD), BROWSER)
    assert len(hashed) == 1


async def test_asking_for_a_reset_looks_the_same_and_does_the_same(
    client: httpx.AsyncClient, cast: Cast
) -> None:
    known = await emails(cast)
    answers = [bare(await client.post(f"{BASE}/password-resets", json={"email": e})) for e in known]
    assert all(answer == answers[0] for answer in answers)
    pages = [bare(await client.post("/password-resets", data={"email": e})) for e in known]
    assert all(page == pages[0] for page in pages)
    work = []
    for email in known:
        with counting() as statements:
            await ask_for_reset(ResetRequest(email=email))
        work.append(statements)
    assert all(statements == work[0] for statements in work)
    jobs = await DB.fetch("SELECT job, count(*) FROM outbox GROUP BY job")
    assert [tuple(row) for row in jobs] == [("send_password_reset", 3 * len(known))], (
        "one each, whoever it is"
    )


async def test_that_codes_are_asked_for_is_told_only_to_who_knows_the_password(
    client: httpx.AsyncClient, cast: Cast
) -> None:
    await turn_on(cast.bob)
    body = {"email": cast.bob.email, "password": WRONG}
    for otp in (None, "000000", "AAAA-BBBB-CCCC-2222"):
        refused(await client.post(f"{BASE}/session", json={**body, "otp": otp}), 401, "invalid_credentials")
    refused(await client.post(f"{BASE}/session", json={**body, "password": PASSWORD}), 401, "otp_required")


async def test_no_address_of_mail_is_shown_or_found(
    client: httpx.AsyncClient, cast: Cast, as_: Clients
) -> None:
    mallory = as_(cast.mallory)
    for someone in (client, mallory):
        user = shown(await someone.get(f"{BASE}/users/{cast.alice.id}"))
        assert not {"email", "activated_at", "admin_notes", "suspension"} & set(user)
        assert cast.alice.email not in (await someone.get("/@alice")).text
    for q in (cast.alice.email, "alice@", "example.org", "@example"):
        assert shown(await mallory.get(f"{BASE}/users", params={"q": q})) == []
    assert [one["username"] for one in shown(await mallory.get(f"{BASE}/users?q=alic"))] == ["alice"]
    refused(await client.get(f"{BASE}/users?q=alice"), 401, "unauthenticated")
    assert shown(await as_(cast.ada).get(f"{BASE}/users/{cast.alice.id}"))["email"] == cast.alice.email


async def test_what_was_removed_looks_like_what_never_was(
    client: httpx.AsyncClient, cast: Cast, as_: Clients
) -> None:
    post = shown(await as_(cast.alice).post(f"{BASE}/posts", json={"title": "Gone", "body": "Gone"}), 201)
    shown(await client.get(f"{BASE}/posts/{post['id']}"))
    await as_(cast.alice).delete(f"{BASE}/posts/{post['id']}")
    for place in ("", "/comments", "/revisions"):
        answers = [await client.get(f"{BASE}/posts/{number}{place}") for number in (post["id"], 999_999)]
        assert bare(answers[0]) == bare(answers[1])
