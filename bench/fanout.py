"""One event to many readers: CPU a delivery of single events and of bursts, and the rate at saturation."""

from collections.abc import Iterator
from statistics import median
from time import sleep

import msgspec

from bench.contenders import Contender, Running
from bench.load import Load, Report
from bench.machine import Failed

WARM_UP = 20
BURST = 50
FLOODED_WITHIN = 120.0


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
    contender: Contender, readers: int, *, repeats: int, seconds: float
) -> Iterator[tuple[str, Figures]]:
    """`single`, `burst` and `flood`. Raises Failed when a reader does not get in, or misses an event."""
    with contender.run() as running, running.readers(readers) as load:
        window = Window(running, load, contender)
        yield "single", window.steady(repeats, seconds)
        yield "burst", window.bursty(repeats, seconds)
        yield "flood", window.flooded(repeats)


class Window:
    """Says events and counts what arrives and what it cost."""

    def __init__(self, running: Running, load: Load, contender: Contender) -> None:
        self._process, self._load, self._feed = running.process, load, contender.feed
        self._flood = contender.flood
        self._rate = contender.pace / load.readers
        self._bursts(1, min(WARM_UP, contender.flood))

    def steady(self, repeats: int, seconds: float) -> Figures:
        """Single events, below saturation."""
        quiet = self._quiet(seconds)
        return summary([self._singles(max(3, round(self._rate * seconds))) for _ in range(repeats)], quiet)

    def bursty(self, repeats: int, seconds: float) -> Figures:
        """As many events, BURST at once."""
        times = max(1, round(self._rate * seconds / BURST))
        return summary([self._bursts(times, BURST, min(1.0, BURST / self._rate)) for _ in range(repeats)])

    def flooded(self, repeats: int) -> Figures:
        """All at once: what it can do."""
        return summary([self._bursts(1, self._flood) for _ in range(repeats)])

    def _quiet(self, seconds: float) -> float:
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
