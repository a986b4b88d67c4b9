"""A real SMTP server of a test's own, which may be told to refuse, to keep a client waiting, or to hang up."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP

LATER = "451 4.7.1 Not now, try again later."


class MailServer:
    """`mails` are those that it took, `recipients` whom they went to; `seen` what it was sent, `last` to the letter.

    It refuses the next `refusals` mails and the next `greylisted` recipients for now, and those in `unknown` for
    good; it hangs up in the middle of the next `drops`, and after it took the next `mute`, without a word. While
    held, it answers nothing after a mail.
    """

    def __init__(self, scheme: str = "smtp") -> None:
        self.mails: list[EmailMessage] = []
        self.seen: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.last = b""
        self.refusals = self.greylisted = self.drops = self.mute = 0
        self.unknown: dict[str, str] = {}
        self.answering = asyncio.Event()
        self.answering.set()
        self.open: set[Connection] = set()
        self.connections = 0
        self.scheme, self.port = scheme, 0

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def to(self, address: str) -> list[EmailMessage]:
        return [mail for mail in self.mails if mail["To"] == address]

    def hang_up(self) -> None:
        """End all connections, as a server does with those that are idle, or when it starts anew."""
        for connection in list(self.open):
            connection.transport.close()

    async def handle_RCPT(  # noqa: N802  # aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if self.greylisted > 0:
            self.greylisted -= 1
            return LATER
        if address in self.unknown:
            return self.unknown[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802  # aiosmtpd's name
        self.last = envelope.content
        mail = message_from_bytes(envelope.content, policy=policy.default)
        self.seen.append(mail)
        if self.refusals > 0:
            self.refusals -= 1
            return "451 Not now, try again later."
        await self.answering.wait()
        self.mails.append(mail)
        self.recipients += envelope.rcpt_tos
        if self.mute > 0:
            self.mute -= 1
            server.transport.close()
        return "250 Thank you."


class Connection(SMTP):
    """One client."""

    event_handler: MailServer
    transport: Any

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.event_handler.open.add(self)
        self.event_handler.connections += 1

    def connection_lost(self, error: Exception | None) -> None:
        self.event_handler.open.discard(self)
        super().connection_lost(error)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802  # aiosmtpd's name
        if self.event_handler.drops > 0:
            self.event_handler.drops -= 1
            await self.push("354 Go on")
            await self._reader.readline()
            self.transport.close()
        else:
            await super().smtp_DATA(arg)


@asynccontextmanager
async def mail_server(
    *, tls: ssl.SSLContext | None = None, implicit: bool = False, **options: Any
) -> AsyncIterator[MailServer]:
    """Serve for the block: with `tls` over STARTTLS, and with `implicit` from the first byte."""
    handler = MailServer("smtps" if implicit else "smtp")
    starttls = None if implicit else tls
    server = await asyncio.get_running_loop().create_server(
        lambda: Connection(handler, tls_context=starttls, **options),
        "127.0.0.1",
        0,
        ssl=tls if implicit else None,
    )
    handler.port = server.sockets[0].getsockname()[1]
    try:
        yield handler
    finally:
        handler.answering.set()
        server.close()
        handler.hang_up()


def part(mail: EmailMessage, kind: str) -> str:
    """The text or the HTML of a mail."""
    body = mail.get_body((kind,))
    assert body is not None
    content: str = body.get_content()
    return content
