"""A real SMTP server of a test's own, which may be told to refuse, or to keep a client waiting."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP


class MailServer:
    """`mails` are those that it took, `recipients` those whom they went to.

    It refuses the next `refusals`; while `held`, it answers nothing.
    """

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.seen: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.refusals = 0
        self.answering = asyncio.Event()
        self.answering.set()
        self.port = 0

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def to(self, address: str) -> list[EmailMessage]:
        return [mail for mail in self.mails if mail["To"] == address]

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802  # aiosmtpd's name
        mail = message_from_bytes(envelope.content, policy=policy.default)
        self.seen.append(mail)
        if self.refusals > 0:
            self.refusals -= 1
            return "451 Not now, try again later."
        await self.answering.wait()
        self.mails.append(mail)
        self.recipients += envelope.rcpt_tos
        return "250 Thank you."


@asynccontextmanager
async def mail_server() -> AsyncIterator[MailServer]:
    handler = MailServer()
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(handler), "127.0.0.1", 0)
    handler.port = server.sockets[0].getsockname()[1]
    try:
        yield handler
    finally:
        handler.answering.set()
        server.close()


def part(mail: EmailMessage, kind: str) -> str:
    """The text or the HTML of a mail."""
    body = mail.get_body((kind,))
    assert body is not None
    content: str = body.get_content()
    return content
