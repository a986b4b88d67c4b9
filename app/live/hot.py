"""Those at the tip of one channel: what is between a comment and its thousand readers, most of what Hubbub costs."""

import os
from array import array
from typing import TYPE_CHECKING

import structlog

from app.live.reader import Batch, Reader

if TYPE_CHECKING:
    from app.live.subscription import Subscription

log = structlog.get_logger("hubbub.live")


class Hot:
    """A set of subscriptions, and one way to write to all of them.

    Nearly all are ready: nothing waits in their transport, and nobody has touched it since that was looked at.
    Of these only the descriptor is looked at, and the kernel is written to directly. The others stand aside
    until they are ready again, and are written to by way of their transport.
    """

    def __init__(self) -> None:
        self._ready: dict[int, Subscription] = {}
        self._aside: set[Subscription] = set()
        # The keys of `_ready`, side by side in memory; made anew when these have changed.
        self._descriptors: array[int] | None = None

    def __contains__(self, subscription: "Subscription") -> bool:
        return subscription in subscription.reader.hot and (
            subscription in self._aside or self._ready.get(subscription.reader.descriptor) is subscription
        )

    def __len__(self) -> int:
        return len(self._ready) + len(self._aside)

    def add(self, subscription: "Subscription") -> None:
        subscription.reader.hot.append(subscription)
        self._aside.add(subscription)

    def discard(self, subscription: "Subscription") -> None:
        if subscription in subscription.reader.hot:
            self.step_aside(subscription)
            self._aside.discard(subscription)
            subscription.reader.hot.remove(subscription)

    def step_aside(self, subscription: "Subscription") -> None:
        """Its transport was touched."""
        if subscription not in self._aside:
            del self._ready[subscription.reader.descriptor]
            self._descriptors = None
            self._aside.add(subscription)

    def write(self, batch: Batch) -> None:
        """Write to all; one who is full leaves meanwhile."""
        self._step_back()
        aside = [(subscription.reader, 0) for subscription in self._aside]
        for reader, taken in aside + self._write_to_kernel(batch):
            _hand_over(reader, batch, taken)

    def _step_back(self) -> None:
        for subscription in [one for one in self._aside if one.reader.ready()]:
            self._aside.discard(subscription)
            self._ready[subscription.reader.descriptor] = subscription
            self._descriptors = None

    def _write_to_kernel(self, batch: Batch) -> list[tuple[Reader, int]]:
        """Those of whom the kernel did not take all, and how much it took."""
        descriptors = self._descriptors
        if descriptors is None:
            descriptors = self._descriptors = array("i", self._ready)
        missed, data, put = [], batch.framed, os.write
        size = len(data)
        for descriptor in descriptors:
            try:
                taken = put(descriptor, data)
                if taken == size:
                    continue
            except OSError:
                # Full, or gone: the transport finds out which.
                taken = 0
            missed.append((self._ready[descriptor].reader, taken))
        return missed


def _hand_over(reader: Reader, batch: Batch, taken: int) -> None:
    """One who cannot be written to must not keep the others from being, and comes back by position."""
    try:
        if taken:
            reader.pass_on(batch.framed[taken:])
        else:
            reader.write(batch)
    except Exception:
        log.exception("reader_broken")
        reader.on_broken()
