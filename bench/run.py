"""One run: which parts there are, and how much of each."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Self

import msgspec

from bench import chart, comeback, delivery, fanout, growth, idle, jobs, report, sign_ins, writes
from bench.contenders import Contender, Hubbub
from bench.hubbub import Servers, Writer
from bench.machine import Failed
from bench.recipes import RECIPES
from bench.results import Results

# Those whose figures are near to each other.
ABREAST = ("c", Hubbub.name, "ws")


class Size(msgspec.Struct, frozen=True):
    """How much of everything; `seconds` is one window's."""

    repeats: int
    seconds: float
    readers: tuple[int, ...]
    idle: int
    idle_of_peers: int
    hold: float
    comments: int
    come_back: int
    writing: float
    jobs: int


FULL = Size(
    repeats=5, seconds=4, readers=(1000, 5000), idle=10_000, idle_of_peers=1000, hold=25, comments=1000,
    come_back=5000, writing=10, jobs=10_000,
)  # fmt: skip
QUICK = Size(
    repeats=1, seconds=2, readers=(1000,), idle=1000, idle_of_peers=200, hold=12, comments=50,
    come_back=500, writing=2, jobs=1000,
)  # fmt: skip


class Run:
    """Servers that all parts share. `keep` is called after each step, as a later one may fail."""

    def __init__(self, size: Size, results: Results, keep: Callable[[], None]) -> None:
        self.size, self.results, self._keep = size, results, keep
        self.peers: list[str] = []
        self.readers = list(size.readers)
        self.idle = size.idle
        self._stack = ExitStack()
        self.servers = self._stack.enter_context(Servers())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    @contextmanager
    def contenders(self) -> Iterator[list[Contender]]:
        """Those who were asked for, in the order of the table."""
        with ExitStack() as stack:
            known: dict[str, Contender] = {one.name: Contender(self.servers, one) for one in RECIPES}
            if Hubbub.name in self.peers:
                known[Hubbub.name] = Hubbub(self.servers, stack.enter_context(Writer(self.servers)))
            yield [known[name] for name in self.results.titles if name in self.peers]

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        """What goes wrong in it is said loudly, and the run goes on."""
        print(f"… {what}", flush=True)
        self.results.failed.pop(what, None)
        try:
            yield
        except Failed as error:
            print(f"!!! {what}: NOT MEASURED: {error}", flush=True)
            self.results.failed[what] = str(error)
        self._keep()


def _fanout(run: Run) -> None:
    repeats, seconds = run.size.repeats, run.size.seconds
    with run.contenders() as contenders:
        for readers in run.readers:
            found = run.results.fanout.setdefault(readers, {})
            for group in _groups(contenders):
                with run.step(f"{', '.join(one.name for one in group)}, {readers} readers"):
                    for name, kind, figures in fanout.measure(
                        group, readers, repeats=repeats, seconds=seconds
                    ):
                        found.setdefault(name, {})[kind] = figures


def _groups(contenders: list[Contender]) -> Iterator[list[Contender]]:
    """Those who are compared most closely take turns; others would disturb them, and run alone."""
    if abreast := [one for one in contenders if one.name in ABREAST]:
        yield abreast
    yield from ([one] for one in contenders if one.name not in ABREAST)


def _idle(run: Run) -> None:
    with run.contenders() as contenders:
        for one in contenders:
            own = one.name == Hubbub.name
            count, hold = (run.idle, run.size.hold) if own else (run.size.idle_of_peers, 0.5)
            with run.step(f"{one.name}, idle readers"):
                run.results.idle[one.name] = idle.measure(one, count, hold=hold)


def _delivery(run: Run) -> None:
    with run.step("delivery"):
        run.results.delivery = delivery.measure(run.servers, readers=1000, comments=run.size.comments)


def _comeback(run: Run) -> None:
    with run.step("comeback"):
        run.results.comeback = comeback.measure(run.servers, readers=run.size.come_back)


def _writes(run: Run) -> None:
    with run.step("writes"):
        found = writes.measure(run.servers, repeats=run.size.repeats, seconds=run.size.writing)
        run.results.writes = found


def _jobs(run: Run) -> None:
    with run.step("jobs"):
        run.results.jobs = jobs.measure(run.servers, repeats=run.size.repeats, count=run.size.jobs)


def _sign_ins(run: Run) -> None:
    with run.step("sign_ins"):
        found = sign_ins.measure(run.servers, repeats=run.size.repeats, seconds=run.size.writing)
        run.results.sign_ins = found


def _growth(run: Run) -> None:
    with run.step("growth"):
        run.results.growth = growth.measure(run.servers, repeats=run.size.repeats, idle=run.idle)


PARTS: dict[str, Callable[[Run], None]] = {
    "fanout": _fanout, "idle": _idle, "delivery": _delivery, "comeback": _comeback, "growth": _growth,
    "writes": _writes, "jobs": _jobs, "sign_ins": _sign_ins,
}  # fmt: skip


def save(results: Results, folder: Path) -> None:
    """Write what is known so far."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = msgspec.json.format(msgspec.json.encode(results), indent=2)
    (folder / "results.json").write_bytes(kept + b"\n")
    (folder / "results.md").write_text(report.render(results))
    (folder / "fanout.svg").write_text(chart.draw(results))
