"""`python -m bench`: all of it, or with --only and --peers a part more; README.md says what is what."""

import argparse
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from bench import machine
from bench.contenders import Hubbub
from bench.machine import HERE, Failed
from bench.recipes import RECIPES
from bench.report import render
from bench.results import Results
from bench.run import FULL, PARTS, QUICK, Run, save


def main() -> None:
    """Measure, print the tables, and keep them with the chart in bench/results/."""
    flags = _parser().parse_args()
    try:
        machine.prepare()
        folder = HERE / "results" / ("quick" if flags.quick else "")
        results = _begun(folder) if flags.only or flags.peers else _empty(flags.quick)
        _run(flags, results, folder)
    except Failed as error:
        sys.exit(f"bench: {error}")
    print("\n" + render(results))
    print(f"Kept in {os.path.relpath(folder)}: results.json, results.md, fanout.svg")


def _begun(folder: Path) -> Results:
    """What is kept from before, to which a part is added."""
    kept = folder / "results.json"
    quick = folder.name == "quick"
    return msgspec.json.decode(kept.read_bytes(), type=Results) if kept.exists() else _empty(quick)


def _run(flags: argparse.Namespace, results: Results, folder: Path) -> None:
    size = QUICK if flags.quick else FULL
    if flags.repeats:
        size = msgspec.structs.replace(size, repeats=flags.repeats)
    with Run(size, results, lambda: save(results, folder)) as run:
        run.peers = flags.peers or list(results.titles)
        if flags.readers:
            run.readers, run.idle = flags.readers, max(flags.readers)
        for part in flags.only or PARTS:
            PARTS[part](run)


def _empty(quick: bool) -> Results:
    titles = {RECIPES[0].name: RECIPES[0].title, Hubbub.name: Hubbub.title}
    titles |= {recipe.name: recipe.title for recipe in RECIPES}
    return Results(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC", machine.describe(), quick, titles)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measures Hubbub beside others.")
    names = ["hubbub", *(recipe.name for recipe in RECIPES)]
    parser.add_argument("--only", type=_among(list(PARTS)), help=f"some of {', '.join(PARTS)}")
    parser.add_argument("--peers", type=_among(names), help=f"some of {', '.join(names)}")
    parser.add_argument(
        "--readers", type=_numbers, help="for fanout, such as 1000,5000; the most of them for idle and growth"
    )
    parser.add_argument("--repeats", type=int, help="windows of each, whose median counts")
    parser.add_argument("--quick", action="store_true", help="one short window of each: shows that it runs")
    return parser


class _among:  # noqa: N801  # argparse names it in its messages
    def __init__(self, names: list[str]) -> None:
        self._names = names

    def __call__(self, text: str) -> list[str]:
        asked = text.split(",")
        if unknown := set(asked) - set(self._names):
            raise argparse.ArgumentTypeError(f"there is no {', '.join(sorted(unknown))}")
        return asked


def _numbers(text: str) -> list[int]:
    return [int(part) for part in text.split(",")]


if __name__ == "__main__":
    main()
