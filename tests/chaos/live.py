"""The WebSocket transport: `hubbub.v1` read as strictly as LIVE.md says it is written."""

import asyncio
import json
import socket
from time import monotonic
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage
from websockets.typing import Origin, Subprotocol

from tests.chaos.told import Frame, read, told, understand
from tests.chaos.track import Track

if TYPE_CHECKING:
    from tests.chaos.reader import Reader

OPEN_SECONDS = 6.0
NARROW = 4096
SIGNED_OUT = 4401
TRANSIENT = {"unavailable", "rate_limited"}


class Live:
    """One connection at a time. A `narrow` one has a small buffer, so that not reading is felt at once."""

    silence = 5.0

    def __init__(self, *, narrow: bool = False) -> None:
        self._narrow = narrow
        self._connection: ClientConnection | None = None
        self._asked: dict[int, Track] = {}
        self._asked_at: dict[str, float] = {}
        self._paging: set[str] = set()
        self._in: set[str] = set()

    async def converse(self, reader: "Reader") -> None:
        """Subscribe to everything, then read until the line ends."""
        front = reader.front
        try:
            self._connection = connection = await self._open(front, reader)
        except (InvalidHandshake, InvalidMessage) as error:
            raise ConnectionError(str(error)) from None
        self._asked, self._asked_at, self._paging, self._in = {}, {}, set(), set()
        try:
            for track in reader.tracks.values():
                if track.channel not in reader.refused:
                    await self._subscribe(track)
            while True:
                text = await connection.recv(decode=False)
                reader.heard_at = monotonic()
                await self._hear(reader, bytes(text))
                await reader.pause()
        except ConnectionClosed as closed:
            code = closed.rcvd.code if closed.rcvd else 1006
            reader.counts.seen[f"closed with {code}"] += 1
            reader.is_out = code == SIGNED_OUT
        finally:
            connection.transport.abort()
            self._connection = None

    def cut(self) -> None:
        if self._connection is not None:
            self._connection.transport.abort()

    async def leave(self) -> None:
        if self._connection is not None:
            async with asyncio.timeout(2):
                await self._connection.close()

    async def _open(self, front: str, reader: "Reader") -> ClientConnection:
        address = urlsplit(front)
        line = socket.socket()
        line.setblocking(False)
        if self._narrow:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, NARROW)
        try:
            async with asyncio.timeout(OPEN_SECONDS):
                await asyncio.get_running_loop().sock_connect(line, (address.hostname, address.port))
                return await connect(
                    f"ws://{address.netloc}/live", sock=line, origin=Origin(front), additional_headers=reader.cookie,
                    subprotocols=[Subprotocol("hubbub.v1")], compression=None, proxy=None, ping_interval=None,
                    max_size=None, max_queue=4 if self._narrow else 64, open_timeout=OPEN_SECONDS,
                )  # fmt: skip
        except BaseException:
            line.close()
            raise

    async def _subscribe(self, track: Track) -> None:
        number = len(self._asked) + 1
        self._asked[number] = track
        self._asked_at[track.channel] = monotonic()
        place = {"epoch": track.epoch, "after": track.position} if track.stretches else {}
        await self._say({"type": "subscribe", "id": number, "channel": track.channel, **place})

    async def _say(self, frame: dict[str, Any]) -> None:
        if self._connection is not None:
            await self._connection.send(json.dumps(frame))

    async def _hear(self, reader: "Reader", text: bytes) -> None:
        frame = read(text)
        if frame.type == "event":
            track = reader.tracks[frame.channel]
            if frame.channel in self._paging:
                track.find("reordered", f"event {frame.seq} between pages")
            if frame.channel not in self._in:
                track.find("unasked", f"event {frame.seq} while not subscribed")
            reader.take(track, understand(text))
        elif frame.type == "ping":
            self._compare(reader, frame)
            await self._say({"type": "pong"})
        elif frame.type == "events":
            self._take_page(reader, frame)
        elif frame.type == "subscribed":
            self._settle_in(reader, frame)
        elif frame.type == "resync":
            self._paging.discard(frame.channel)
            reader.resync(reader.tracks[frame.channel], frame)
        elif frame.type == "error":
            await self._hear_refusal(reader, frame)
        elif frame.type == "unsubscribed":
            self._in.discard(frame.channel)
            reader.counts.seen[f"unsubscribed {frame.reason}"] += 1
            reader.refuse(reader.tracks[frame.channel], f"unsubscribed {frame.reason}")

    def _settle_in(self, reader: "Reader", frame: Frame) -> None:
        track = reader.tracks[frame.channel]
        self._in.add(frame.channel)
        if not track.stretches:
            reader.begin(track, frame.epoch, frame.seq, "first")
        elif frame.recovered:
            reader.counts.seen["recovered"] += 1
            if (frame.epoch, frame.seq) != (track.epoch, track.position):
                track.find("lost", f"asked after {track.position}, goes on after {frame.seq}")

    def _take_page(self, reader: "Reader", frame: Frame) -> None:
        track = reader.tracks[frame.channel]
        if frame.epoch != track.epoch:
            track.find("wrong epoch", f"{frame.epoch} in place of {track.epoch}")
        reader.take_page(track, [told(frame.channel, item) for item in frame.events])
        if frame.more:
            self._paging.add(frame.channel)
        else:
            self._paging.discard(frame.channel)
            if (asked := self._asked_at.pop(frame.channel, None)) is not None:
                reader.counts.slowest = max(reader.counts.slowest, monotonic() - asked)

    def _compare(self, reader: "Reader", frame: Frame) -> None:
        """A ping says where the server stands; whoever stands elsewhere has lost something."""
        for channel, seq in frame.seqs.items():
            track = reader.tracks[channel]
            if seq != track.position:
                track.find("lost", f"the server is at {seq}, the reader at {track.position}")
                track.position = seq

    async def _hear_refusal(self, reader: "Reader", frame: Frame) -> None:
        track = self._asked.get(frame.id or 0)
        reader.counts.seen[f"error {frame.code}"] += 1
        if track is None:
            return
        if frame.code in TRANSIENT:
            await asyncio.sleep(min(1.0, frame.retry_after_ms / 1000))
            await self._subscribe(track)
        else:
            reader.refuse(track, frame.code)
