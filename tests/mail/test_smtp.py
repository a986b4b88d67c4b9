"""The mail server fails in every way that mail servers do; and what is said to it is said in private."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import aiosmtplib
import msgspec
import pytest
import trustme
from aiosmtpd.smtp import AuthResult, LoginPassword

from app.mail import delivery, smtp
from app.mail.delivery import deliver
from app.mail.letters import Mail
from app.mail.smtp import Pool, pool_of
from app.settings import settings
from tests.mail_server import MailServer, mail_server
from tests.waiting import eventually

MAIL = Mail(to="alice@example.org", subject="Tea is ready", text="Come.\n", html="<p>Come.</p>", key="tea-7")
BOB = msgspec.structs.replace(MAIL, to="bob@example.org", key="tea-8")


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Pool]:
    """Have mails handed over at this address; the pool for it."""

    def change(url: str) -> Pool:
        monkeypatch.setattr(delivery, "settings", msgspec.structs.replace(settings, smtp_url=url))
        return pool_of(url)

    return change


@pytest.fixture
async def server(use: Callable[[str], Pool]) -> AsyncIterator[MailServer]:
    async with mail_server() as running:
        use(running.url)
        yield running
        await pool_of(running.url).leave(0)


async def test_many_mails_go_over_few_connections(server: MailServer) -> None:
    await asyncio.gather(*(deliver(msgspec.structs.replace(MAIL, key=f"tea-{n}")) for n in range(30)))
    assert len({mail["Message-ID"] for mail in server.mails}) == 30
    assert 1 <= server.connections <= settings.smtp_connections


async def test_a_connection_is_left_after_its_hundredth_mail(
    server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "MAILS_EACH", 2)
    for _ in range(4):
        await deliver(MAIL)
    assert server.connections == 2
    assert len(server.mails) == 4


async def test_who_hung_up_between_two_mails_is_called_again(server: MailServer) -> None:
    await deliver(MAIL)
    server.hang_up()
    await deliver(BOB)
    assert [mail["To"] for mail in server.mails] == [MAIL.to, BOB.to]
    assert server.connections == 2


async def test_a_connection_that_is_silently_dead_is_found_out(
    server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when a firewall has forgotten it: nobody said that it ended, and nobody answers."""
    monkeypatch.setattr(smtp, "FRESH_SECONDS", 0.0)
    monkeypatch.setattr(smtp, "NOOP_SECONDS", 0.2)
    await deliver(MAIL)
    (silent,) = server.open
    silent.transport.pause_reading()
    await deliver(BOB)
    assert [mail["To"] for mail in server.mails] == [MAIL.to, BOB.to]
    assert server.connections == 2


async def test_what_died_while_it_was_not_asked_is_found_out_by_the_mail(
    server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await deliver(MAIL)
    server.drops = 1
    await deliver(BOB)
    assert [mail["To"] for mail in server.mails] == [MAIL.to, BOB.to]
    assert server.connections == 2


async def test_a_new_connection_that_drops_the_mail_is_a_failure(server: MailServer) -> None:
    server.drops = 1
    with pytest.raises(aiosmtplib.SMTPServerDisconnected):
        await deliver(MAIL)
    assert server.mails == []
    await deliver(MAIL)
    assert len(server.mails) == 1


async def test_a_mail_that_was_taken_without_a_word_comes_again_as_the_same(server: MailServer) -> None:
    server.mute = 1
    with pytest.raises(aiosmtplib.SMTPServerDisconnected):
        await deliver(MAIL)
    await deliver(MAIL)
    assert [mail["Message-ID"] for mail in server.mails] == ["<tea-7@localhost>"] * 2


async def test_a_slow_server_is_given_up_and_its_connection_too(
    server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "MAIL_SECONDS", 0.3)
    server.answering.clear()
    with pytest.raises(TimeoutError):
        await deliver(MAIL)
    server.answering.set()
    await deliver(BOB)
    assert server.connections == 2, "what it says late is not taken for an answer to the next mail"


async def test_no_server_at_all_is_a_failure(use: Callable[[str], Pool]) -> None:
    async with mail_server() as gone:
        use(gone.url)
    with pytest.raises(OSError, match="Error connecting"):
        await deliver(MAIL)


async def test_a_greylisted_mail_is_tried_again(server: MailServer) -> None:
    server.greylisted = 1
    with pytest.raises(aiosmtplib.SMTPRecipientsRefused):
        await deliver(MAIL)
    await deliver(MAIL)
    assert len(server.mails) == 1


@pytest.mark.parametrize(
    "answer", ["550 5.1.1 No such user here", "551 User not local", "552 5.2.2 Mailbox full"]
)
async def test_a_mailbox_that_is_not_there_is_not_tried_again(server: MailServer, answer: str) -> None:
    server.unknown[MAIL.to] = answer
    await deliver(MAIL)
    await deliver(BOB)
    assert [mail["To"] for mail in server.mails] == [BOB.to]


@pytest.mark.parametrize(
    "answer", ["550 5.7.1 Relaying denied", "554 Transaction failed", "450 Mailbox busy"]
)
async def test_what_is_our_own_trouble_is_tried_again(server: MailServer, answer: str) -> None:
    server.unknown[MAIL.to] = answer
    with pytest.raises(aiosmtplib.SMTPRecipientsRefused):
        await deliver(MAIL)


@pytest.mark.parametrize("between", [", ", "> <", "> RCPT TO:<"])
async def test_an_address_is_one_recipient_whatever_stands_in_it(server: MailServer, between: str) -> None:
    await deliver(msgspec.structs.replace(MAIL, to=f"{MAIL.to}{between}mallory@example.org"))
    assert server.recipients == [MAIL.to]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
async def test_an_address_of_two_lines_is_none(server: MailServer, end: str) -> None:
    with pytest.raises(ValueError, match=r"[Hh]eader"):
        await deliver(msgspec.structs.replace(MAIL, to=f"{MAIL.to}{end}Bcc: mallory@example.org"))
    assert server.recipients == []


async def test_connections_that_nobody_needs_are_left(server: MailServer) -> None:
    await deliver(MAIL)
    assert server.open
    await pool_of(server.url).leave(60)
    assert server.open, "it may be needed yet"
    await pool_of(server.url).leave(0)
    await eventually(lambda: not server.open, "the server is told goodbye")


class Authority:
    """A certificate authority that this process trusts, or not."""

    def __init__(self, folder: Path) -> None:
        self._ca = trustme.CA()
        self.file = folder / "ca.pem"
        self._ca.cert_pem.write_to_path(str(self.file))

    @property
    def server_side(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._ca.issue_cert("127.0.0.1").configure_cert(context)
        return context


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def trusted(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Authority:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    return authority


Use = Callable[[str], Pool]


async def send_over(server: MailServer, use: Use, url: str = "") -> bool:
    """Whether the mail went over TLS."""
    pool = use(url or server.url)
    await deliver(MAIL)
    (connection,) = server.open
    encrypted = connection.transport.get_extra_info("cipher") is not None
    await pool.leave(0)
    return encrypted


@pytest.mark.parametrize("implicit", [True, False])
async def test_it_is_encrypted_where_it_can_be(use: Use, trusted: Authority, implicit: bool) -> None:
    async with mail_server(tls=trusted.server_side, implicit=implicit) as server:
        assert await send_over(server, use)
    assert len(server.mails) == 1


@pytest.mark.parametrize("implicit", [True, False])
async def test_a_certificate_of_nobody_we_know_is_refused(
    use: Use, authority: Authority, implicit: bool
) -> None:
    async with mail_server(tls=authority.server_side, implicit=implicit) as server:
        use(server.url)
        with pytest.raises((aiosmtplib.SMTPException, OSError), match=r"certificate|CERTIFICATE"):
            await deliver(MAIL)
    assert server.seen == []


async def test_without_a_password_a_server_on_the_spot_needs_no_tls(use: Use) -> None:
    async with mail_server() as server:
        assert not await send_over(server, use)


def accept(_server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
    known = isinstance(given, LoginPassword) and (given.login, given.password) == (b"hub@b", b"se/cret")
    return AuthResult(success=known, handled=False)


def with_password(server: MailServer, password: str = "se%2Fcret") -> str:
    return server.url.replace("://", f"://hub%40b:{password}@")


async def test_the_password_goes_over_tls(use: Use, trusted: Authority) -> None:
    async with mail_server(tls=trusted.server_side, authenticator=accept, auth_required=True) as server:
        assert await send_over(server, use, with_password(server))
        use(with_password(server, "wrong"))
        with pytest.raises(aiosmtplib.SMTPAuthenticationError):
            await deliver(MAIL)
    assert len(server.mails) == 1


async def test_the_password_is_not_said_where_everybody_can_hear_it(use: Use) -> None:
    heard: list[Any] = []

    def listen(_server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
        heard.append(given)
        return AuthResult(success=True)

    async with mail_server(authenticator=listen, auth_require_tls=False) as server:
        use(with_password(server))
        with pytest.raises(aiosmtplib.SMTPException, match="STARTTLS"):
            await deliver(MAIL)
    assert heard == []
    assert server.seen == []
