"""python -m tests.chaos --seconds 1200 --seed 7: the table, and 1 as the exit status when a promise was broken."""

import argparse
import sys
from pathlib import Path

from tests.chaos.plan import deal
from tests.chaos.run import run
from tests.chaos.table import SHOWN, table


def main() -> int:
    asked = _arguments()
    if asked.plan:
        _print("\n".join(map(str, deal(asked.seed, asked.seconds))))
        return 0
    report = run(asked.seed, asked.seconds, asked.readers, _say, sabotage=asked.sabotage, calm=asked.calm)
    text = table(report)
    _print(text)
    if asked.out:
        Path(asked.out).write_text(f"{text}\n")
    for line in report.ledger.broken[:SHOWN]:
        _print(f"broke: {line}")
    for line, times in report.tracebacks.most_common(SHOWN):
        _print(f"logged {times} times: {line}")
    for finding in report.findings[:SHOWN]:
        _print(f"FAILED {finding}")
    _print(f"{len(report.findings)} promises broken." if report.findings else "Every promise was kept.")
    return 1 if report.findings else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--seconds", type=float, default=1200)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--readers", type=int, default=300)
    parser.add_argument("--out", default="", help="a file for the table")
    parser.add_argument("--sabotage", default="", choices=["", "drop", "repeat", "swap"])
    parser.add_argument("--calm", action="store_true", help="no faults")
    parser.add_argument("--plan", action="store_true", help="only show the plan")
    return parser.parse_args()


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
