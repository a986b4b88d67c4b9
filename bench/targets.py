"""The figures to reach, each beside what was measured."""

from collections.abc import Iterator

import msgspec

from bench.fanout import Figures
from bench.results import Results

OF_OTHERS = {
    "c": {1000: 1.3, 5000: 1.5},
    "ws": {1000: 0.65, 5000: 0.9},
    "litestar": {1000: 0.35, 5000: 0.35},
    "rails": {1000: 0.05, 5000: 0.05},
    "django": {1000: 0.05, 5000: 0.05},
}
GROWTH = 1.1


class Target(msgspec.Struct, frozen=True):
    """`measured` is None when this run did not measure it."""

    what: str
    goal: str
    measured: str | None
    reached: bool


def targets(results: Results) -> list[Target]:
    """All of them, in the order of bench/README.md."""
    return [
        *_fanout(results),
        *_idle(results),
        *_delivery(results),
        *_writes(results),
        *_growth(results),
        *_jobs(results),
        *_sign_ins(results),
    ]


def _at_most(what: str, goal: float, measured: float | None, unit: str = "", digits: int = 2) -> Target:
    shown = None if measured is None else f"{measured:,.{digits}f}{unit}"
    return Target(what, f"at most {goal:,g}{unit}", shown, measured is not None and measured <= goal)


def _at_least(what: str, goal: float, measured: float | None, unit: str = "", digits: int = 2) -> Target:
    shown = None if measured is None else f"{measured:,.{digits}f}{unit}"
    return Target(what, f"at least {goal:,g}{unit}", shown, measured is not None and measured >= goal)


def _fanout(results: Results) -> Iterator[Target]:
    for name, goals in OF_OTHERS.items():
        for readers, goal in goals.items():
            what = f"CPU a delivery, {readers:,} readers, of {results.titles.get(name, name)}"
            yield _at_most(what, goal, results.ratio(readers, name))
    what = "CPU a delivery in bursts of 50, 1,000 readers, of the C server's at one write an event"
    yield _at_most(what, 0.1, results.ratio(1000, "c", "burst"), digits=3)


def _idle(results: Results) -> Iterator[Target]:
    own = results.idle.get("hubbub")
    yield _at_most("kB of an idle connection, subscribed", 25, own.kb_each if own else None, digits=1)
    held = float(own.readers) if own is not None and own.held else None
    yield _at_least("idle connections that hold", 10_000, held, digits=0)
    joins = own.joins_per_second if own else None
    yield _at_least("handshake, welcome and subscribe, a second", 1500, joins, digits=0)


def _delivery(results: Results) -> Iterator[Target]:
    own, back = results.delivery, results.comeback
    what = "COMMIT's return to the last of 1,000 readers, p99"
    yield _at_most(what, 25, own.ms_p99 if own else None, " ms", 1)
    readers = f"{back.readers if back else 5000:,}"
    yield _at_most(
        f"{readers} readers whole after kill -9", 10, back.seconds_after_kill if back else None, " s", 1
    )
    reads = float(back.history_reads) if back else None
    yield _at_most(f"reads of history for these {readers}", 50, reads, digits=0)


def _writes(results: Results) -> Iterator[Target]:
    for posts, where in ((1, "one hot post"), (10_000, "10,000 posts")):
        found = next((writes.ratio for writes in results.writes if writes.posts == posts), None)
        yield _at_least(f"comments on {where}, of the bare statement's in pgbench", 0.8, found)


def _growth(results: Results) -> Iterator[Target]:
    own = results.growth
    channels, idle = (own.channels, own.idle) if own else (10_000, 10_000)
    more = _times(own.few_channels, own.many_channels) if own else None
    yield _at_most(f"CPU a delivery, 10 to {channels:,} channels, times", GROWTH, more)
    more = _times(own.none_idle, own.many_idle) if own else None
    yield _at_most(f"CPU a delivery, 0 to {idle:,} idle connections, times", GROWTH, more)


def _jobs(results: Results) -> Iterator[Target]:
    found = results.jobs.ratio if results.jobs else None
    yield _at_least("jobs a second with the outbox, of plain SAQ's", 0.9, found)


def _sign_ins(results: Results) -> Iterator[Target]:
    own = results.sign_ins
    yield _at_most("p99 of a light GET beside 20 sign-ins a second, times", 3, own.times if own else None)


def _times(before: Figures, after: Figures) -> float:
    # What the others' pings cost is theirs, not the delivery's.
    return after.net_per_100k / before.net_per_100k
