"""A line to `/live` on which anything can be said, down to single bytes; keeps what the server answers."""

import asyncio
import json
import struct
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Self

from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.typing import Subprotocol
from websockets.uri import parse_uri

from tests.frames import check_said
from tests.waiting import PATIENCE

CLOSE = 8
# Of WebSocket itself: done, going away, against its rules, the answer to a close without a code, no text, too large.
OF_WEBSOCKET = {1000, 1001, 1002, 1005, 1007, 1009}
# Of LIVE.md. Before each of these comes `bye`.
OF_OURS = {1012, 4001, 4008, 4012, 4013, 4400, 4401, 4403, 4409}


class Line:
    """`said` are the server's frames. What comes is read while one talks, or the server would wait for us."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, url: str) -> None:
        self.said: list[dict[str, Any]] = []
        self.code: int | None = None
        self._sent_codes: set[int] = set()
        self._open_end = self._ended = False
        self._reader, self._writer = reader, writer
        self._protocol = ClientProtocol(parse_uri(url), subprotocols=[Subprotocol("hubbub.v1")])
        self._opened = asyncio.Event()
        self._listening = asyncio.create_task(self._listen())

    @classmethod
    async def open(cls, url: str, headers: Mapping[str, str]) -> Self | None:
        """None where the handshake was refused."""
        place = parse_uri(url)
        line = cls(*await asyncio.open_connection(place.host, place.port), url)
        request = line._protocol.connect()
        for name, value in headers.items():
            request.headers[name] = value
        line._protocol.send_request(request)
        line._pass_on()
        await asyncio.wait_for(line._opened.wait(), PATIENCE)
        if line._protocol.handshake_exc is None:
            return line
        await line.hang_up()
        return None

    def say_bytes(self, data: bytes) -> None:
        """After this it may wait for the rest of something that never comes."""
        self._open_end = True
        self._say(data)

    def say_frame(
        self, opcode: int, payload: bytes, *, fin: bool = True, rsv: int = 0, masked: bool = True
    ) -> None:
        """As the bits say, whether WebSocket allows it or not."""
        if opcode == CLOSE and len(payload) >= 2:
            self._sent_codes.add(struct.unpack("!H", payload[:2])[0])
        head = bytes([fin << 7 | rsv << 4 | opcode]) + _length(len(payload), masked)
        self._say(head + (bytes(4) if masked else b"") + payload)

    async def drain(self) -> None:
        with suppress(ConnectionError):
            async with asyncio.timeout(PATIENCE):
                await self._writer.drain()

    async def closed(self) -> int | None:
        """With which code, when the server has."""
        await asyncio.wait_for(asyncio.wait([self._listening]), PATIENCE)
        return self.code

    async def finish(self) -> None:
        """Say goodbye, and wait until the server has hung up. Raises AssertionError for what was wrong."""
        self.say_frame(CLOSE, struct.pack("!H", 1000))
        if self._open_end and not self._writer.is_closing():
            self._ended = True
            with suppress(OSError):
                self._writer.write_eof()
        await self.closed()
        await self.hang_up()
        self._check()

    async def hang_up(self) -> None:
        self._writer.transport.abort()
        await asyncio.wait([self._listening])
        self._listening.result()

    def _check(self) -> None:
        assert self._protocol.parser_exc is None or isinstance(self._protocol.parser_exc, EOFError)
        allowed = OF_WEBSOCKET | OF_OURS | self._sent_codes
        # Among bytes of any kind may be a close frame with any code.
        assert self.code is None or self._open_end or self.code in allowed, f"closed with {self.code}"
        if self.code in OF_OURS - self._sent_codes:
            assert self.said, self.code
            assert self.said[-1]["type"] == "bye", (self.code, self.said[-1])

    async def _listen(self) -> None:
        try:
            while data := await self._reader.read(65_536):
                self._protocol.receive_data(data)
                self._hear()
        except ConnectionError:
            pass
        finally:
            self._opened.set()

    def _hear(self) -> None:
        for event in self._protocol.events_received():
            if not isinstance(event, Frame):
                self._opened.set()
            elif event.opcode is Opcode.TEXT:
                frame = json.loads(bytes(event.data))
                check_said(frame)
                self.said.append(frame)
            elif event.opcode is Opcode.CLOSE:
                self.code = self._protocol.close_rcvd.code if self._protocol.close_rcvd else None
        self._pass_on()

    def _pass_on(self) -> None:
        """The handshake, and the answers to pings."""
        for data in self._protocol.data_to_send():
            if data:
                self._say(data)

    def _say(self, data: bytes) -> None:
        if not self._ended and not self._writer.is_closing():
            self._writer.write(data)


def _length(size: int, masked: bool) -> bytes:
    bit = masked << 7
    if size < 126:
        return bytes([bit | size])
    return (
        bytes([bit | 126]) + struct.pack("!H", size)
        if size < 65_536
        else bytes([bit | 127]) + struct.pack("!Q", size)
    )
