"""The whole log of a channel, replayed once more: what has been removed is not in it."""

import json
from urllib.parse import urlsplit

from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from tests.chaos.told import Told, read, told
from tests.chaos.track import Finding


async def find_removed(front: str, channels: dict[str, tuple[str, int, int]]) -> list[Finding]:
    """`channels`: epoch, floor and seq of each. Every event but the last removal's successors must be blank."""
    found = []
    async with connect(
        f"ws://{urlsplit(front).netloc}/live", subprotocols=[Subprotocol("hubbub.v1")], compression=None,
        proxy=None, ping_interval=None, max_size=None,
    ) as line:  # fmt: skip
        for channel, (epoch, floor, tip) in channels.items():
            log: list[Told] = []
            while (after := log[-1].seq if log else floor) < tip:
                await line.send(
                    json.dumps({"type": "fetch", "id": 1, "channel": channel, "epoch": epoch, "after": after})
                )
                while (page := read(bytes(await line.recv(decode=False)))).id != 1:
                    pass
                if page.type != "events" or not page.events:
                    found.append(Finding("history broken", "fetch", channel, f"after {after}: {page}"))
                    break
                log += [told(channel, item) for item in page.events]
            found += judge(channel, log, floor)
    return found


def judge(channel: str, log: list[Told], floor: int) -> list[Finding]:
    found = []
    if [item.seq for item in log] != list(range(floor + 1, floor + 1 + len(log))):
        found.append(Finding("history broken", "fetch", channel, "its numbers have holes"))
    removed = {item.thing: item.seq for item in log if item.kind.endswith(".removed") and item.thing}
    found += [
        Finding("removed, yet told", "fetch", channel, f"{item.thing} at {item.seq}, removed later")
        for item in log
        if item.seq < removed.get(item.thing, 0)
    ]
    return found
