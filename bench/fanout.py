"""One event to many readers: CPU a delivery of single events and of bursts, and the rate at saturation."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from statistics import median
from time import sleep

import msgspec

from bench.contenders import Contender, Running
from bench.load import Load, Report
from bench.machine import Failed

WARM_UP = 20
BURST = 50
FLOODED_WITHIN = 120.0
QUIET_SECONDS = 4.0


class Sample(msgspec.Struct, frozen=True):
    """One window. `cpu` is the server's, in seconds."""

    cpu: float
    report: Report
    said_at: list[int]

    @property
    def cpu_per_100k(self) -> float:
        """CPU seconds for 100,000 deliveries."""
        return self.cpu / self.report.deliveries * 100_000

    @property
    def deliveries_per_second(self) -> float:
        span = max(self.report.last_at) - self.said_at[0]
        return self.report.deliveries / span * 1e9

    @property
    def delays_ms(self) -> list[float]:
        """From when each event was said until its last reader had it."""
        return [(at - said) / 1e6 for at, said in zip(self.report.last_at, self.said_at, strict=False) if at]


class Figures(msgspec.Struct, frozen=True):
    """Medians of several windows of one kind."""

    cpu_per_100k: float
    cpu_lowest: float
    cpu_highest: float
    deliveries_per_second: float
    delay_ms_p50: float
    delay_ms_p99: float
    bytes_per_event: float
    load_busy: float
    # Deliveries a second that the load generator could take, with a core of its own.
    load_ceiling: float
    # What the server uses for as long with the same readers and no event, on the same scale.
    quiet_per_100k: float = 0.0

    @property
    def net_per_100k(self) -> float:
        """Without what the same readers cost in silence."""
        return self.cpu_per_100k - self.quiet_per_100k


def measure(
    contenders: Sequence[Contender], readers: int, *, repeats: int, seconds: float
) -> Iterator[tuple[str, str, Figures]]:
    """Name, `single`, `burst` or `flood`, and the figures.

    The contenders run side by side and take turns, window by window: where the machine slows down, it does so for
    all of them. Raises Failed when a reader does not get in, or misses an event.
    """
    with ExitStack() as stack:
        windows = {one.name: stack.enter_context(_open(one, readers)) for one in contenders}
        yield from _in_turn("single", windows, repeats, lambda one: one.single(seconds))
        yield from _in_turn("burst", windows, repeats, lambda one: one.burst(seconds))
        yield from _in_turn("flood", windows, repeats, lambda one: one.flood())


@contextmanager
def _open(contender: Contender, readers: int) -> Iterator["Window"]:
    with contender.run() as running, running.readers(readers) as load:
        yield Window(running, load, contender)


def _in_turn(
    kind: str, windows: dict[str, "Window"], repeats: int, take: Callable[["Window"], Sample]
) -> Iterator[tuple[str, str, Figures]]:
    quiet = {name: window.quiet() if kind == "single" else 0.0 for name, window in windows.items()}
    samples: dict[str, list[Sample]] = {name: [] for name in windows}
    for _ in range(repeats):
        for name, window in windows.items():
            samples[name].append(take(window))
    for name in windows:
        yield name, kind, summary(samples[name], quiet[name])


class Window:
    """Says events and counts what arrives and what it cost."""

    def __init__(self, running: Running, load: Load, contender: Contender) -> None:
        self._process, self._load, self._feed = running.process, load, contender.feed
        self._flood = contender.flood
        self._rate = contender.pace / load.readers
        self._bursts(1, min(WARM_UP, contender.flood))

    def steady(self, repeats: int, seconds: float) -> Figures:
        """Single events, below saturation."""
        quiet = self.quiet(seconds)
        return summary([self.single(seconds) for _ in range(repeats)], quiet)

    def single(self, seconds: float) -> Sample:
        return self._singles(max(3, round(self._rate * seconds)))

    def burst(self, seconds: float) -> Sample:
        """As many events, BURST at once."""
        times = max(1, round(self._rate * seconds / BURST))
        return self._bursts(times, BURST, min(1.0, BURST / self._rate))

    def flood(self) -> Sample:
        """All at once: what it can do."""
        return self._bursts(1, self._flood)

    def quiet(self, seconds: float = QUIET_SECONDS) -> float:
        """CPU a second of the server while nothing is said: what its pings and looks cost."""
        sleep(0.5)
        before = self._process.cpu()
        sleep(seconds)
        return (self._process.cpu() - before) / seconds

    def _singles(self, count: int) -> Sample:
        self._load.expect(count, count / self._rate + FLOODED_WITHIN)
        before = self._process.cpu()
        said = self._feed.steadily(count, self._rate)
        return self._sample(before, said)

    def _bursts(self, times: int, size: int, gap: float = 0.0) -> Sample:
        self._load.expect(times * size, times * gap + FLOODED_WITHIN)
        before = self._process.cpu()
        said = self._feed.in_bursts(size, times, gap)
        return self._sample(before, said)

    def _sample(self, cpu_before: float, said: list[int]) -> Sample:
        report = self._load.report()
        sample = Sample(self._process.cpu() - cpu_before, report, said)
        if not report.complete or report.lost or report.gaps or report.repeats:
            expected = len(said) * self._load.readers
            raise Failed(
                f"lost some: {report.deliveries} of {expected} deliveries, {report.lost} readers lost, "
                f"{report.gaps} gaps, {report.repeats} repeats; {self._load.said()}"
            )
        return sample


def summary(samples: list[Sample], quiet: float = 0.0) -> Figures:
    delays = sorted(delay for sample in samples for delay in sample.delays_ms)
    return Figures(
        cpu_per_100k=median(sample.cpu_per_100k for sample in samples),
        deliveries_per_second=median(sample.deliveries_per_second for sample in samples),
        cpu_lowest=min(sample.cpu_per_100k for sample in samples),
        cpu_highest=max(sample.cpu_per_100k for sample in samples),
        delay_ms_p50=percentile(delays, 0.5),
        delay_ms_p99=percentile(delays, 0.99),
        bytes_per_event=median(sample.report.bytes / sample.report.deliveries for sample in samples),
        load_busy=max(sample.report.busy for sample in samples),
        load_ceiling=median(sample.report.deliveries / (sample.report.cpu or 1) for sample in samples),
        quiet_per_100k=median(
            quiet * sample.report.seconds / sample.report.deliveries * 100_000 for sample in samples
        ),
    )


def percentile(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0
