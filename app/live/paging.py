"""Pages of a channel's log as a reader gets them, and why one cannot be given."""

import msgspec

from app.live import frames, log
from app.live.reader import Batch


def refusal(stand: log.Stand, epoch: str | None, after: int) -> frames.ResyncReason | None:
    """Why delivery cannot go on from this position, if it cannot."""
    if epoch != stand.epoch or not 0 <= after <= stand.tip:
        return "epoch"
    if after < stand.floor:
        return "pruned"
    return "too_far" if stand.tip - after > frames.TOO_FAR else None


def page(channel: str, history: log.History) -> tuple[Batch, int]:
    """An `events` frame with what `history` holds, within the limit of a frame, and the last `seq` in it."""
    frame, last = events(channel, history)
    return Batch([msgspec.json.encode(frame)]), last


def events(
    channel: str, history: log.History, request: frames.Id | msgspec.UnsetType = msgspec.UNSET
) -> tuple[frames.Events, int]:
    items = within_limit(history.items)
    last = items[-1].seq if items else history.tip
    return frames.Events(channel, history.epoch, items, last < history.tip, request), last


def within_limit(items: list[log.Item]) -> list[log.Item]:
    """The first items that fit into one frame; always at least one."""
    size = 0
    for count, item in enumerate(items):
        size += len(bytes(item.data)) + 120
        if size > frames.PAGE_BYTES and count:
            return items[:count]
    return items
