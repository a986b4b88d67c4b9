"""Connections to the mail server: encrypted where it can be, kept between mails, and never trusted to be alive."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from email.message import EmailMessage
from functools import cache
from time import monotonic
from urllib.parse import unquote, urlsplit

from aiosmtplib import SMTP, SMTPException, SMTPServerDisconnected

from app.settings import settings

COMMAND_SECONDS = 20.0
# Shorter than a job may take: a server that answers a word at a time is this mail's trouble, not the worker's.
MAIL_SECONDS = 45.0
# Servers hang up after some minutes, and some after a hundred mails; we go before.
IDLE_SECONDS = 30.0
MAILS_EACH = 100
# One that was quiet for longer is asked whether it is still there.
FRESH_SECONDS = 2.0
NOOP_SECONDS = 5.0
TICK_SECONDS = 5.0

Connect = Callable[[], SMTP]


class Kept:
    """A connection, how many mails went over it, and since when it waits for the next."""

    def __init__(self, smtp: SMTP) -> None:
        self.smtp = smtp
        self.mails = 0
        self.since = monotonic()


class Pool:
    """At most `size` connections at once; those that are free wait a while for the next mail."""

    def __init__(self, connect: Connect, size: int) -> None:
        self._connect = connect
        self._room = asyncio.Semaphore(size)
        self._free: list[Kept] = []

    async def send(self, message: EmailMessage, recipient: str) -> None:
        """Hand one mail over. Raises what aiosmtplib and the network raise, TimeoutError included."""
        async with self._room, asyncio.timeout(MAIL_SECONDS):
            known = await self._take()
            if known is not None:
                try:
                    await self._send(known, message, recipient)
                except SMTPServerDisconnected:
                    # It died between two mails, which is nobody's fault: this one goes over a new one.
                    pass
                else:
                    return
            await self._send(await self._open(), message, recipient)

    async def run(self) -> None:
        """Say goodbye to connections that nobody needs, and to all of them at the end."""
        try:
            while True:
                await asyncio.sleep(TICK_SECONDS)
                await self.leave(IDLE_SECONDS)
        finally:
            await self.leave(0)

    async def leave(self, idle_seconds: float) -> None:
        """Close those that have been free for so long."""
        old = [kept for kept in self._free if monotonic() - kept.since >= idle_seconds]
        self._free = [kept for kept in self._free if kept not in old]
        for kept in old:
            await _quit(kept.smtp)

    async def _take(self) -> Kept | None:
        while self._free:
            kept = self._free.pop()
            if await _is_alive(kept):
                return kept
            kept.smtp.close()
        return None

    async def _open(self) -> Kept:
        smtp = self._connect()
        await smtp.connect()
        return Kept(smtp)

    async def _send(self, kept: Kept, message: EmailMessage, recipient: str) -> None:
        try:
            await kept.smtp.send_message(message, recipients=[recipient])
        except BaseException:
            # Where a mail was broken off, nobody knows what the server takes the next word for.
            kept.smtp.close()
            raise
        kept.mails, kept.since = kept.mails + 1, monotonic()
        if kept.mails < MAILS_EACH:
            self._free.append(kept)
        else:
            await _quit(kept.smtp)


async def _is_alive(kept: Kept) -> bool:
    if not kept.smtp.is_connected:
        return False
    if monotonic() - kept.since < FRESH_SECONDS:
        return True
    with suppress(SMTPException, OSError, TimeoutError):
        return (await kept.smtp.noop(timeout=NOOP_SECONDS)).code == 250
    return False


async def _quit(smtp: SMTP) -> None:
    with suppress(SMTPException, OSError, TimeoutError):
        await smtp.quit(timeout=NOOP_SECONDS)
    smtp.close()


@cache
def pool_of(url: str) -> Pool:
    """The pool of the server at `smtp://` or `smtps://`."""
    return Pool(lambda: _client(url), settings.smtp_connections)


def _client(url: str) -> SMTP:
    server = urlsplit(url)
    return SMTP(
        hostname=server.hostname,
        port=server.port,
        username=unquote(server.username) if server.username else None,
        password=unquote(server.password) if server.password else None,
        use_tls=server.scheme == "smtps",
        start_tls=_start_tls(server.scheme, password=bool(server.password)),
        timeout=COMMAND_SECONDS,
    )


def _start_tls(scheme: str, *, password: bool) -> bool | None:
    """None is: where the server offers it. A password never goes over the network for everybody to read."""
    if scheme == "smtps":
        return False
    return True if password else None
