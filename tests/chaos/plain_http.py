"""The same without a socket: Server-Sent Events and long polls, one request a channel."""

import asyncio
from time import monotonic
from typing import TYPE_CHECKING

import httpx
import msgspec

from tests.chaos.told import Frame, read, told, understand
from tests.chaos.track import Track

if TYPE_CHECKING:
    from tests.chaos.reader import Reader

WAIT = 5
OPEN_SECONDS = 6.0


class Place(msgspec.Struct):
    """Where the next request goes on."""

    epoch: str
    seq: int


class Answer(msgspec.Struct):
    """A long poll's."""

    data: Frame
    meta: Place


class PlainHttp:
    """Follows all channels of a reader at once; when one line ends, all are begun again."""

    silence = 20.0

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
        self._lines: list[asyncio.Task[None]] = []

    async def converse(self, reader: "Reader") -> None:
        front = reader.front
        followed = [track for track in reader.tracks.values() if track.channel not in reader.refused]
        self._lines = [asyncio.create_task(self._follow(reader, track, front)) for track in followed]
        try:
            done, _ = await asyncio.wait(self._lines, return_when=asyncio.FIRST_COMPLETED)
            for line in done:
                if not line.cancelled():
                    line.result()
        except (httpx.HTTPError, httpx.StreamError) as error:
            raise ConnectionError(type(error).__name__) from None
        finally:
            self.cut()
            await asyncio.gather(*self._lines, return_exceptions=True)

    def cut(self) -> None:
        for line in self._lines:
            line.cancel()

    async def leave(self) -> None:
        self.cut()

    async def _follow(self, reader: "Reader", track: Track, front: str) -> None:
        raise NotImplementedError

    def _admitted(self, reader: "Reader", track: Track, status: int) -> bool:
        """Whether this answer goes on. Raises ConnectionError where another may."""
        if status == httpx.codes.OK:
            return True
        reader.counts.seen[f"HTTP {status}"] += 1
        if status != httpx.codes.NOT_FOUND:
            raise ConnectionError(status)
        reader.refuse(track, "not_found")
        return False


class Stream(PlainHttp):
    """SSE: comes back with `Last-Event-ID`, as a browser's EventSource does."""

    async def _follow(self, reader: "Reader", track: Track, front: str) -> None:
        headers = {"Accept": "text/event-stream", **reader.cookie}
        if track.stretches:
            headers["Last-Event-ID"] = f"{track.epoch}:{track.position}"
        url = f"{front}/api/v1/channels/{track.channel}/events"
        asked = monotonic()
        async with self._client.stream(
            "GET", url, headers=headers, timeout=httpx.Timeout(OPEN_SECONDS, read=None)
        ) as got:
            if not self._admitted(reader, track, got.status_code):
                return
            fields: dict[str, str] = {}
            async for line in got.aiter_lines():
                reader.heard_at = monotonic()
                name, _, value = line.partition(":")
                if line:
                    fields[name] = value.removeprefix(" ")
                    continue
                self._hear(reader, track, fields)
                fields = {}
                if asked:
                    reader.counts.slowest, asked = max(reader.counts.slowest, monotonic() - asked), 0.0
                await reader.pause()
        reader.counts.seen["stream ended"] += 1

    def _hear(self, reader: "Reader", track: Track, fields: dict[str, str]) -> None:
        epoch, _, seq = fields.get("id", "").rpartition(":")
        text = fields.get("data", "").encode()
        if fields.get("event") == "resync":
            reader.resync(track, read(text))
        elif text:
            if epoch != track.epoch:
                track.find("wrong epoch", f"{epoch}:{seq} in place of {track.epoch}")
            reader.take(track, understand(text))
        elif epoch and not track.stretches:
            reader.begin(track, epoch, int(seq), "first")
        elif epoch == track.epoch and int(seq) == track.position:
            reader.counts.seen["recovered"] += 1


class Poll(PlainHttp):
    """Long polls, one after the other."""

    async def _follow(self, reader: "Reader", track: Track, front: str) -> None:
        url = f"{front}/api/v1/channels/{track.channel}/events"
        while True:
            place: dict[str, str | int] = {}
            if track.stretches:
                place = {"epoch": track.epoch, "after": track.position}
            got = await self._client.get(
                url, params={"wait": WAIT, **place}, headers=reader.cookie, timeout=WAIT + OPEN_SECONDS
            )
            reader.heard_at = monotonic()
            if not self._admitted(reader, track, got.status_code):
                return
            self._take(reader, track, msgspec.json.decode(got.content, type=Answer))
            await reader.pause()

    def _take(self, reader: "Reader", track: Track, answer: Answer) -> None:
        frame = answer.data
        if frame.type == "resync":
            reader.resync(track, frame)
            return
        if not track.stretches:
            start = frame.events[0].seq - 1 if frame.events else answer.meta.seq
            reader.begin(track, answer.meta.epoch, start, "first")
        else:
            reader.counts.seen["recovered"] += bool(frame.events)
        if frame.epoch != track.epoch:
            track.find("wrong epoch", f"{frame.epoch} in place of {track.epoch}")
        reader.take_page(track, [told(track.channel, item) for item in frame.events])
        if answer.meta.seq != track.position:
            track.find(
                "lost", f"the answer goes on after {answer.meta.seq}, the reader is at {track.position}"
            )
