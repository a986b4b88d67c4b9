"""Requests that arrive in drops, or never: no connection is held for them for longer than any honest one takes."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from tests.cast import Cast
from tests.live_client import LiveClient
from tests.serving import Server
from tests.stream_client import address
from tests.writers import open_thread

SECONDS = 1
HEAD = b"POST /api/v1/session HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 4000\r\n"

Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@pytest.fixture
def hasty(serve: Callable[..., Server]) -> Server:
    """A server on which a request has a second to arrive."""
    return serve(request_seconds=SECONDS)


@asynccontextmanager
async def line_to(server: Server) -> AsyncIterator[Line]:
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    try:
        yield reader, writer
    finally:
        writer.close()


async def drip(writer: asyncio.StreamWriter, drops: bytes) -> None:
    """A byte at a time, for as long as anybody takes them."""
    for drop in drops:
        if writer.transport.is_closing():
            return
        writer.write(bytes((drop,)))
        await asyncio.sleep(0.02)


async def end_of(line: Line, sent: bytes, drops: bytes = b"") -> bytes:
    """What the server says until it hangs up."""
    reader, writer = line
    writer.write(sent)
    dripping = asyncio.create_task(drip(writer, drops))
    try:
        async with asyncio.timeout(30):
            return await reader.read()
    finally:
        dripping.cancel()


async def test_a_head_that_drips_is_cut_off(hasty: Server) -> None:
    async with line_to(hasty) as line:
        said = await end_of(line, b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ", b"a" * 4000)
    assert said.startswith(b"HTTP/1.1 400 ")
    assert said.endswith(b"This request took too long to arrive.")


async def test_a_body_that_drips_is_cut_off(hasty: Server) -> None:
    async with line_to(hasty) as line:
        said = await end_of(line, HEAD + b"\r\n{", b" " * 3999)
    assert said.startswith(b"HTTP/1.1 400 ")


async def test_a_connection_on_which_nothing_is_asked_is_closed(hasty: Server) -> None:
    async with line_to(hasty) as line:
        assert await end_of(line, b"") == b""


async def test_one_that_comes_in_pieces_and_in_time_is_answered(hasty: Server) -> None:
    async with line_to(hasty) as (reader, writer):
        for piece in (b"GET /health HTTP/1.1\r\n", b"Host: 127.0.0.1\r\n", b"Connection: close\r\n\r\n"):
            writer.write(piece)
            await asyncio.sleep(0.05)
        assert (await reader.read()).startswith(b"HTTP/1.1 200 ")


async def test_an_answer_may_take_as_long_as_it_takes(hasty: Server, cast: Cast) -> None:
    post = await open_thread(cast.ada)
    async with hasty.client() as client:
        answer = await client.get(address(f"post:{post}"), params={"wait": 2 * SECONDS})
        assert answer.status_code == 200
        # And the connection, which has been open for longer than that, takes another.
        assert (await client.get("/health")).status_code == 200


async def test_a_socket_lasts_longer_than_a_request_may_take(hasty: Server) -> None:
    async with await LiveClient.open(hasty.live_url, origin=hasty.url) as reader:
        await asyncio.sleep(2 * SECONDS)
        await reader.subscribe("posts")
