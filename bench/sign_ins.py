"""How long a light GET takes while others sign in, whose passwords are hashed in the same process."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from statistics import median
from time import monotonic

import msgspec

from app.bundled.process import free_port
from bench.fanout import percentile
from bench.hubbub import Servers, Writer, serve
from bench.machine import BOTH, Failed

GETS = 50.0
SIGN_INS = 20.0
MEMBERS = 20
PASSWORD = "a long enough pass phrase"  # noqa: S105  # of people who are made up
POST = "/api/v1/posts/1"


class SignIns(msgspec.Struct, frozen=True):
    """Milliseconds of a GET from when it was due, medians of the windows: p99 without and with sign-ins."""

    gets: int
    sign_ins: int
    ms_p99_alone: float
    ms_p99_beside: float

    @property
    def times(self) -> float:
        return self.ms_p99_beside / self.ms_p99_alone


class Ask:
    """Requests on lines that stay open; as many as are under way at once."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._free: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def __call__(self, request: bytes, status: int) -> None:
        """Raises Failed for any other answer."""
        line = reader, writer = await self._line()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        body = await reader.readexactly(_length(head))
        if not head.startswith(f"HTTP/1.1 {status} ".encode()):
            raise Failed(f"{request[:40]!r} was answered {head[:40]!r} {body[:200]!r}")
        self._free.append(line)

    async def _line(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        while self._free:
            reader, writer = self._free.pop()
            # The server hangs up where nobody has asked for a while.
            if not reader.at_eof():
                return reader, writer
        return await asyncio.open_connection("127.0.0.1", self._port)

    def close(self) -> None:
        for _, writer in self._free:
            writer.close()


def measure(servers: Servers, *, repeats: int, seconds: float) -> SignIns:
    """The two in turn, everything on both cores. Raises Failed when anything is refused."""
    # The writer makes the posts.
    with servers.on_both_cores(), Writer(servers):
        port = free_port()
        process = serve(servers, port, BOTH)
        try:
            return asyncio.run(_compare(port, repeats, seconds))
        finally:
            process.stop()


async def _compare(port: int, repeats: int, seconds: float) -> SignIns:
    alone, beside, done = [], [], 0
    async with _lines(port) as ask:
        for number in range(MEMBERS):
            await ask(_registration(number), 201)
        await _gets(ask, 1)
        for _ in range(repeats):
            alone.append(percentile(await _gets(ask, seconds), 0.99))
            signing = asyncio.create_task(_sign_in(ask, seconds))
            beside.append(percentile(await _gets(ask, seconds), 0.99))
            done += await signing
    return SignIns(int(GETS * seconds) * repeats, done, median(alone), median(beside))


async def _gets(ask: Ask, seconds: float) -> list[float]:
    """Milliseconds of each, in order of size; one that has to wait for the one before has waited since it was due."""
    return sorted(await _at_a_rate(ask, GETS, seconds, lambda _number: (_request("GET", POST), 200)))


async def _sign_in(ask: Ask, seconds: float) -> int:
    return len(await _at_a_rate(ask, SIGN_INS, seconds, lambda number: (_credentials(number % MEMBERS), 200)))


async def _at_a_rate(
    ask: Ask, rate: float, seconds: float, request: Callable[[int], tuple[bytes, int]]
) -> list[float]:
    began = monotonic()

    async def one(number: int) -> float:
        due = began + number / rate
        await asyncio.sleep(due - monotonic())
        await ask(*request(number))
        return 1000 * (monotonic() - due)

    return await asyncio.gather(*(one(number) for number in range(int(rate * seconds))))


@asynccontextmanager
async def _lines(port: int) -> AsyncIterator[Ask]:
    ask = Ask(port)
    yield ask
    ask.close()


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    return 0


def _registration(number: int) -> bytes:
    name = f"member{number}"
    return _request(
        "POST", "/api/v1/registrations",
        {"username": name, "name": name, "email": f"{name}@example.org", "password": PASSWORD},
    )  # fmt: skip


def _credentials(number: int) -> bytes:
    return _request("POST", "/api/v1/session", {"email": f"member{number}@example.org", "password": PASSWORD})


def _request(method: str, path: str, fields: object = None) -> bytes:
    body = b"" if fields is None else msgspec.json.encode(fields)
    kind = "Content-Type: application/json\r\n" if body else ""
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{kind}Content-Length: {len(body)}\r\n\r\n"
    return head.encode() + body
