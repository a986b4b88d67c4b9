"""Header and mail injection: nobody writes recipients, headers or our words into the mails that we send."""

from email.message import EmailMessage

import httpx
import msgspec
import pytest

from app.accounts import mails
from app.database.engine import DB
from app.mail import delivery
from app.settings import settings
from tests.api import BASE, fields, refused, shown
from tests.cast import PASSWORD, Cast
from tests.mail_server import MailServer, mail_server, part

VICTIM = "victim@example.net"
LURE = f"Grace\r\nBcc: {VICTIM}\r\n\r\nYou have won: https://evil.example/"
WANTED = {"username": "grace", "name": "Grace", "email": "grace@example.org", "password": PASSWORD}

HARMFUL = [
    f"grace@example.org,{VICTIM}", f"grace@example.org, {VICTIM}", f"{VICTIM},grace@example.org",
    f"grace@example.org;{VICTIM}", f"grace,{VICTIM}", f"grace@example.org\r\nBcc: {VICTIM}",
    "grace@example.org\r\nX-Mailer: evil", "grace@example.org\n", "\rgrace@example.org", "grace\t@example.org",
    "gra\0ce@example.org", "gra\x07ce@example.org", "grace@exam\x1bple.org", "grace@example.org\x85", "gra\x7fce@x.org",
    f"<{VICTIM}> grace@example.org", f"grace<{VICTIM}>", f'"grace,{VICTIM}"@example.org', "grace@[192.0.2.1]",
    "grace(at)@example.org", "team:grace@example.org", "grace\\@example.org", "gra\u2028ce@example.org",
    "gra\u200bce@example.org", "gra\u202ece@example.org", "\ufeffgrace@example.org", "grace@exam\u00adple.org",
]  # fmt: skip
HARMLESS = [
    "o'hara+news@example.co.uk",
    "user_1.x-y@sub.example.org",
    "grace@localhost",
    "käthe@müller.example",
]


@pytest.mark.parametrize("email", HARMFUL, ids=repr)
async def test_an_address_that_is_more_than_one_address(
    client: httpx.AsyncClient, cast: Cast, as_, email: str
) -> None:
    answer = await client.post(f"{BASE}/registrations", json={**WANTED, "email": email})
    assert fields(refused(answer, 422, "invalid")) == {"email": "invalid"}
    answer = await as_(cast.bob).put(f"{BASE}/me/email", json={"password": PASSWORD, "email": email})
    assert fields(refused(answer, 422, "invalid")) == {"email": "invalid"}
    answer = await client.post(f"{BASE}/password-resets", json={"email": email})
    assert fields(refused(answer, 422, "invalid")) == {"email": "invalid"}
    assert (await client.post("/sign-up", data={**WANTED, "email": email})).status_code == 422
    assert not await DB.fetch("SELECT FROM outbox")
    assert not await DB.fetch("SELECT FROM users WHERE username = 'grace'")


@pytest.mark.parametrize("email", HARMLESS)
async def test_odd_addresses_that_are_one_are_taken(client: httpx.AsyncClient, database, email: str) -> None:
    answer = await client.post(f"{BASE}/registrations", json={**WANTED, "email": f"  {email.title()} "})
    assert shown(answer, 201)["email"] == email


async def sent(monkeypatch: pytest.MonkeyPatch, *letters: object) -> tuple[MailServer, list[EmailMessage]]:
    async with mail_server() as server:
        monkeypatch.setattr(delivery, "settings", msgspec.structs.replace(settings, smtp_url=server.url))
        for letter in letters:
            await delivery.deliver(letter)  # type: ignore[arg-type]
    return server, server.mails


async def test_a_name_of_several_lines_is_neither_a_header_nor_a_word_of_ours(
    client: httpx.AsyncClient, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = {**WANTED, "name": LURE, "profile": {"display_name": LURE, "bio": LURE}}
    user = shown(await client.post(f"{BASE}/registrations", json=body), 201)
    letters = [await mails.welcome(user["id"]), await mails.registration_notice(user["id"], cast.ada.id)]
    server, arrived = await sent(monkeypatch, *letters)
    assert [mail["To"] for mail in arrived] == ["grace@example.org", cast.ada.email]
    for mail in arrived:
        assert mail["Bcc"] is None
        assert VICTIM not in str(mail["Subject"])
        assert set(mail.keys()) <= EXPECTED
    welcome, notice = arrived
    assert "evil.example" not in part(welcome, "plain") + part(welcome, "html"), (
        "we send nobody's words to strangers"
    )
    [line] = [line for line in part(notice, "plain").splitlines() if VICTIM in line]
    assert line.lstrip().startswith("Grace Bcc:"), "one line, in which it is somebody's name"
    assert server.recipients == ["grace@example.org", cast.ada.email]


EXPECTED = {
    "From", "To", "Subject", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type", "Date",
    "Content-Transfer-Encoding", "List-Unsubscribe", "List-Unsubscribe-Post", "List-Id", "X-Peer", "X-MailFrom",
    "X-RcptTo",
}  # fmt: skip


@pytest.mark.parametrize("path", ["/sign-in?next=/%0d%0aSet-Cookie:%20evil=1", "/tags/a%0d%0aSet-Cookie:%20evil=1",
                                  "/@a%0d%0aX-Evil:%201", "/posts/1/%0d%0aX-Evil:%201"])  # fmt: skip
async def test_a_line_end_in_an_address_is_no_header_of_the_answer(
    client: httpx.AsyncClient, cast: Cast, path: str
) -> None:
    answer = await client.get(path)
    assert "x-evil" not in answer.headers
    assert "evil" not in answer.headers.get("set-cookie", "")
    data = {"email": cast.alice.email, "password": PASSWORD, "next": "/\r\nSet-Cookie: evil=1"}
    answer = await client.post("/sign-in", data=data)
    assert answer.status_code == 303
    assert (answer.headers["location"], "evil" in str(answer.headers)) == ("/", False)
    assert answer.headers["set-cookie"], "the neighbour: cookies of ours are set"
