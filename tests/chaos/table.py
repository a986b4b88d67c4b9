"""The figures of a run, for the terminal and for docs/live.md."""

from collections import Counter

from tests.chaos.clocks import LIBRARY
from tests.chaos.run import Report

LOST, REPEATED, REORDERED = "lost", "repeated", "reordered"
SHOWN = 40


def table(report: Report) -> str:
    lines = [f"seed {report.seed}, {report.seconds:.0f} s", "", "| fault | on | times |", "|---|---|--:|"]
    lines += [f"| {kind} | {target} | {times} |" for (kind, target), times in sorted(report.faults.items())]
    if not LIBRARY:
        lines += ["| **clock moved** | **none: libfaketime could not be had here** | 0 |"]
    lines += ["", "| | |", "|---|--:|"]
    lines += [f"| {name} | {value} |" for name, value in _figures(report)]
    return "\n".join(lines)


def _figures(report: Report) -> list[tuple[str, object]]:
    seen: Counter[str] = Counter()
    for harvest in report.harvests:
        seen.update(harvest.seen)
    kinds = Counter(finding.kind for finding in report.findings)
    others = {kind: count for kind, count in kinds.items() if kind not in {LOST, REPEATED, REORDERED}}
    return [
        ("faults", sum(report.faults.values())),
        ("faults for which no time was left", report.missed),
        ("processes that ended by themselves and were started again", sum(report.fell.values())),
        ("writes acknowledged", report.ledger.acknowledged),
        ("writes with an unknown outcome", report.ledger.unknown),
        ("writes refused", report.ledger.refused),
        ("answers that say that something broke (5xx but 503)", len(report.ledger.broken)),
        ("exceptions in the logs", sum(report.tracebacks.values())),
        ("readers", sum(harvest.readers for harvest in report.harvests)),
        ("readers signed out while they read", report.signed_out),
        ("newcomers whose mail was written by a job", report.welcomed),
        ("deliveries", sum(harvest.deliveries for harvest in report.harvests)),
        ("recoveries", seen["recovered"]),
        *((what, seen[what]) for what in sorted(seen) if what != "recovered"),
        ("lost", kinds[LOST]),
        ("repeated", kinds[REPEATED]),
        ("reordered", kinds[REORDERED]),
        *others.items(),
        ("slowest catch-up, s", f"{max((h.slowest for h in report.harvests), default=0):.1f}"),
        ("all whole after the last fault, s", f"{max((h.settled for h in report.harvests), default=0):.1f}"),
    ]
