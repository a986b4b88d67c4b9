"""Events as a page understands them; what many readers are told is taken apart once."""

from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

POSTS = "posts"
KEPT = 4096


class Item(msgspec.Struct):
    """An event, alone or in a page."""

    seq: int
    event: str
    data: Any
    channel: str = ""


class Frame(msgspec.Struct, omit_defaults=True):
    """Any frame of the server."""

    type: str
    channel: str = ""
    epoch: str = ""
    seq: int = 0
    event: str = ""
    data: Any = None
    events: list[Item] = []
    more: bool = False
    recovered: bool = False
    reason: str = ""
    code: str = ""
    id: int | None = None
    seqs: dict[str, int] = {}
    checked_ms: int = 0
    retry_after_ms: int = 0


class Looks(NamedTuple):
    """How a post or comment looks; `seq` is the last event that changed it."""

    seq: int
    body: str | None
    title: str | None
    removed: bool
    edited: bool
    reactions: tuple[tuple[str, int], ...]


class Told(NamedTuple):
    """One event's effect: on which thing, and its looks afterwards, or only its reactions; `mark` tells it apart."""

    seq: int
    kind: str
    thing: str
    looks: Looks | None
    mark: int
    words: str | None


_read = msgspec.json.Decoder(Frame).decode


@lru_cache(KEPT)
def read(text: bytes) -> Frame:
    return _read(text)


@lru_cache(KEPT)
def understand(text: bytes) -> Told:
    """An `event` frame."""
    frame = read(text)
    return told(frame.channel, Item(frame.seq, frame.event, frame.data))


def told(channel: str, item: Item) -> Told:
    data = item.data
    mark = hash((item.event, msgspec.json.encode(data)))
    if data is None:
        return Told(item.seq, item.event, "", None, 0, None)
    if item.event == "reactions.changed":
        looks = Looks(item.seq, None, None, False, False, _reactions(data))
        return Told(item.seq, item.event, data["subject"], looks, mark, None)
    noun = item.event.partition(".")[0]
    if noun not in {"post", "comment"}:
        return Told(item.seq, item.event, "", None, mark, None)
    shown = None if item.event == "post.removed" else looks_of(data)
    return Told(item.seq, item.event, f"{noun}:{data['id']}", shown, mark, data.get("body"))


def looks_of(data: dict[str, Any]) -> Looks:
    """Of a Post or Comment, in an event or in an answer by HTTP."""
    return Looks(
        data["seq"], data["body"], data.get("title"), data["removed"] is not None, data["edited_at"] is not None,
        _reactions(data),
    )  # fmt: skip


def _reactions(data: dict[str, Any]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(data["reactions"].items()))
