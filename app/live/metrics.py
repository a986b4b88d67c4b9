"""What the hub counts for Prometheus; one observation an event or a request, never one a delivery.

The clock of `commit_to_send` starts where COMMIT has returned to the process that wrote (broker.Publisher), and
for events that Redis did not bring, at their `created_at`, which is the beginning of their transaction.
"""

from collections.abc import Iterable
from datetime import datetime
from time import time

from prometheus_client import Counter, Histogram

COMMIT_TO_SEND = Histogram(
    "hubbub_live_commit_to_send_seconds",
    "From an event's commit to the end of the loop that wrote it to this process's readers.",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30),
)
GAPS = Counter(
    "hubbub_live_gap",
    "Reads because events were missing: after a hole in what Redis brought (redis), because the tips were ahead "
    "(tips), or because more came too early than can be held (early).",
    ["where"],
)
RECOVERIES = Counter(
    "hubbub_live_recover",
    "What became of positions that readers came with: recovered, fetch, or why there was a resync.",
    ["result"],
)
CLOSES = Counter("hubbub_live_close", "Ends of sockets, by close code.", ["code"])
WAKES = Counter("hubbub_live_wake", "What told that there is something to send: redis or tips.", ["source"])

# Clients may close with any number.
CODES = {1000, 1001, 1005, 1006, 1012, 4001, 4008, 4012, 4013, 4400, 4401, 4403, 4409}

for _where in ("redis", "tips", "early"):
    GAPS.labels(_where)
for _result in ("recovered", "fetch", "pruned", "epoch", "too_far"):
    RECOVERIES.labels(_result)
for _source in ("redis", "tips"):
    WAKES.labels(_source)


def gap(where: str) -> None:
    GAPS.labels(where).inc()


def recover(result: str) -> None:
    RECOVERIES.labels(result).inc()


def woken(source: str) -> None:
    WAKES.labels(source).inc()


def closed(code: int) -> None:
    CLOSES.labels(code if code in CODES else "other").inc()


def sent(commits: Iterable[float | None]) -> None:
    """Some events have been written to every reader at the tip; when each was committed, where that is known."""
    now = time()
    for committed in commits:
        if committed:
            # Clocks of two machines differ.
            COMMIT_TO_SEND.observe(max(0.0, now - committed))


def seconds_of(at: str) -> float:
    """Of an event's time, as `time()` has it."""
    return datetime.fromisoformat(at).timestamp()
