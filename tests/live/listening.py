"""A reader that keeps what the hub writes, in place of a socket."""

import asyncio
from typing import Any

import msgspec

from app.accounts.viewer import ANONYMOUS, Viewer
from app.live import frames
from app.live.hub import Hub
from app.live.reader import Batch, Reader
from app.live.subscription import Subscription
from tests.waiting import eventually

MONA = Viewer(id=1, username="mona", role="moderator")


class Listening(Reader):
    """Takes everything at once, but for when it is told to be full."""

    def __init__(self) -> None:
        super().__init__()
        self.frames: list[dict[str, Any]] = []
        self.broken = False
        self.on_broken = self._break

    def write(self, batch: Batch) -> None:
        self.frames += [msgspec.json.decode(text) for text in batch.texts]

    def unsent(self) -> int:
        return 0

    def fill_up(self) -> None:
        self._fill()

    def drain(self) -> None:
        self._drain()

    def seqs(self) -> list[int]:
        """The numbers of all events, in the order in which they came."""
        found = []
        for frame in self.frames:
            if frame["type"] == "event":
                found.append(frame["seq"])
            elif frame["type"] == "events":
                found += [item["seq"] for item in frame["events"]]
        return found

    def of_type(self, kind: str) -> list[dict[str, Any]]:
        return [frame for frame in self.frames if frame["type"] == kind]

    async def hears(self, seqs: list[int], patience: float = 15) -> None:
        """Wait until exactly these events have come, in this order."""
        await eventually(
            lambda: len(self.seqs()) >= len(seqs), f"{seqs[:5]}…; heard {self.seqs()[-5:]}", patience
        )
        await asyncio.sleep(0)
        assert self.seqs() == seqs

    def _break(self) -> None:
        self.broken = True


async def subscribed(
    hub: Hub, channel: str, *, after: int | None = None, viewer: Viewer = ANONYMOUS
) -> tuple[Listening, Subscription]:
    """A new reader on a channel, from its tip or from a position in this epoch."""
    reader = Listening()
    request = frames.Subscribe(1, channel, hub.epoch if after is not None else None, after)
    subscription = await hub.subscribe(reader, viewer, request)
    reader.on_full = subscription.cool
    return reader, subscription
