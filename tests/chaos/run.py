"""One run from the opening of the stage to the verdict."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

from tests.chaos import history, jobs, reading, verdict, writing
from tests.chaos.director import Director
from tests.chaos.leaving import find_late
from tests.chaos.ledger import Ledger
from tests.chaos.plan import deal
from tests.chaos.reading import Harvest
from tests.chaos.stage import Stage
from tests.chaos.track import Finding
from tests.chaos.troupe import Troupe

READERS_EACH = 200


@dataclass
class Report:
    """All that is to be said about a run."""

    seed: int
    seconds: float
    faults: Counter[tuple[str, str]] = field(default_factory=Counter)
    missed: int = 0
    signed_out: int = 0
    welcomed: int = 0
    tracebacks: Counter[str] = field(default_factory=Counter)
    fell: dict[str, int] = field(default_factory=dict)
    ledger: Ledger = field(default_factory=Ledger)
    harvests: list[Harvest] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def run(
    seed: int,
    seconds: float,
    readers: int,
    say: Callable[[str], None],
    *,
    sabotage: str = "",
    calm: bool = False,
) -> Report:
    """Everything at once for so many seconds; `calm` without faults."""
    stage = Stage(sabotage)
    troupes: list[Troupe] = []
    report = Report(seed, seconds)
    try:
        scene = stage.invite(seed, readers)
        stage.start()
        crowds = [
            range(start, min(readers, start + READERS_EACH)) for start in range(0, readers, READERS_EACH)
        ]
        writers = Troupe(writing.play, scene)
        troupes = [writers, *(Troupe(reading.play, scene, crowd, seconds) for crowd in crowds)]
        for troupe in troupes[1:]:
            troupe.hear()
        stage.before_restore = lambda: writers.ask("freeze")
        stage.after_restore = lambda: writers.ask("thaw", stage.copied_at, monotonic())

        def leave() -> None:
            for crowd in troupes[1:]:
                crowd.ask("leave")

        stage.on_leave = leave
        director = Director(stage, [] if calm else deal(seed, seconds), say)
        director.perform(seconds)
        say("         heal")
        director.heal()
        report.faults, report.missed = director.done, director.missed
        _judge(stage, writers, troupes[1:], report, say)
        report.tracebacks = Counter(stage.tracebacks())
        report.fell = {part.name: part.fell for part in stage.parts.values()}
    finally:
        for troupe in troupes:
            troupe.close()
        stage.close()
    return report


def _judge(
    stage: Stage, writers: Troupe, crowds: list[Troupe], report: Report, say: Callable[[str], None]
) -> None:
    report.ledger, said = writers.ask("stop")
    tips = stage.side.run(verdict.quiet(stage.postgres.url), 90)
    say("         settle")
    for crowd in crowds:
        crowd.tell("settle", tips)
    report.harvests = [crowd.hear() for crowd in crowds]
    report.findings = [finding for harvest in report.harvests for finding in harvest.findings]
    leaves = [leave for harvest in report.harvests for leave in harvest.leaves]
    report.signed_out = len(leaves)
    report.findings += find_late(leaves, said, report.ledger.cuts)
    report.findings += stage.side.run(verdict.examine(stage.postgres.url, report.ledger), 90)
    report.welcomed, unfinished = stage.side.run(jobs.examine(stage.postgres.url), 90)
    report.findings += unfinished
    channels = stage.side.run(verdict.channels(stage.postgres.url), 90)
    report.findings += stage.side.run(history.find_removed(stage.fronts[0], channels), 90)
