"""How long after its COMMIT a comment is with the last of many readers, everything on both cores."""

import msgspec

from bench.contenders import Hubbub
from bench.fanout import percentile
from bench.hubbub import Servers, Writer
from bench.machine import BOTH, Failed

RATE = 10.0
WARM_UP = 20


class Delivery(msgspec.Struct, frozen=True):
    """Milliseconds from the moment COMMIT has returned to the writer; the last reader counts."""

    readers: int
    comments: int
    ms_p50: float
    ms_p99: float
    ms_max: float


def measure(servers: Servers, *, readers: int, comments: int) -> Delivery:
    """Comments by the service, in a process of its own, RATE a second. Raises Failed when one is lost."""
    with servers.on_both_cores(), Writer(servers) as writer:
        contender = Hubbub(servers, writer)
        with contender.run(BOTH) as running, running.readers(readers) as load:
            load.expect(WARM_UP, 60)
            contender.feed.steadily(WARM_UP, RATE)
            load.report()
            load.expect(comments, comments / RATE + 60)
            committed = contender.feed.steadily(comments, RATE)
            report = load.report()
    if not report.complete or report.gaps or report.repeats:
        raise Failed(f"{report.deliveries} of {readers * comments} deliveries, {report.gaps} gaps")
    delays = sorted((at - back) / 1e6 for at, back in zip(report.last_at, committed, strict=True))
    return Delivery(readers, comments, percentile(delays, 0.5), percentile(delays, 0.99), delays[-1])
