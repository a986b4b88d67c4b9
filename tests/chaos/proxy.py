"""A TCP proxy between two parts: passes on, passes on late, keeps everything to itself, or cuts."""

import asyncio

from tests.chaos.side import Side

CHUNK = 65_536


class Wire:
    """One proxied port. `late` is in seconds each way; while `silent` nothing passes and nothing is closed."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.port = 0
        self.late = 0.0
        self._open = asyncio.Event()
        self._open.set()
        self._lines: set[asyncio.StreamWriter] = set()

    async def listen(self) -> None:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]

    def set_silent(self, silent: bool) -> None:
        if silent:
            self._open.clear()
        else:
            self._open.set()

    def cut(self) -> None:
        for line in tuple(self._lines):
            line.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.transport.abort()
            return
        self._lines |= {writer, far_writer}
        try:
            await asyncio.gather(self._pump(reader, far_writer), self._pump(far_reader, writer))
        except (OSError, EOFError):
            pass
        finally:
            for line in (writer, far_writer):
                self._lines.discard(line)
                line.transport.abort()

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while chunk := await source.read(CHUNK):
            if self.late:
                await asyncio.sleep(self.late)
            await self._open.wait()
            sink.write(chunk)
            await sink.drain()
        # One side has ended; the other hears of it, as by a real line.
        raise EOFError


class Exchange:
    """All wires, on the side loop: whoever causes the faults may block meanwhile."""

    def __init__(self, side: Side) -> None:
        self._side = side

    def connect(self, target: int) -> Wire:
        wire = Wire(target)
        self._side.run(wire.listen())
        return wire

    def tell(self, wire: Wire, *, late: float = 0.0, silent: bool = False, cut: bool = False) -> None:
        """Make the wire so, from now on."""
        self._side.run(self._tell(wire, late, silent, cut))

    async def _tell(self, wire: Wire, late: float, silent: bool, cut: bool) -> None:
        wire.late = late
        wire.set_silent(silent)
        if cut:
            wire.cut()
