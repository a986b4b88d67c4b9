"""Pages of a channel's log as a reader gets them, and why one cannot be given."""

import msgspec

from app.live import frames, log
from app.live.reader import Reader


def refusal(history: log.History, epoch: str | None, after: int) -> frames.ResyncReason | None:
    """Why delivery cannot go on from this position, if it cannot."""
    if epoch != history.epoch or not 0 <= after <= history.tip:
        return "epoch"
    if after < history.floor:
        return "pruned"
    return "too_far" if history.tip - after > frames.TOO_FAR else None


def send_page(
    reader: Reader, channel: str, history: log.History, request: frames.Id | msgspec.UnsetType = msgspec.UNSET
) -> int:
    """Send what `history` holds, within the limit of a frame; the last `seq` that was sent."""
    items = within_limit(history.items)
    last = items[-1].seq if items else history.tip
    more = last < history.tip
    reader.send(frames.Events(channel, history.epoch, items, more, request))
    return last


def within_limit(items: list[log.Item]) -> list[log.Item]:
    """The first items that fit into one frame; always at least one."""
    size = 0
    for count, item in enumerate(items):
        size += len(bytes(item.data)) + 120
        if size > frames.PAGE_BYTES and count:
            return items[:count]
    return items
