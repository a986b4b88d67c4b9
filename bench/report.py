"""The results as text: the same tables for the terminal and for results.md."""

from collections.abc import Iterator, Sequence

from bench.fanout import Figures
from bench.results import ORDER, Results
from bench.targets import targets

NAMES = {"single": "single events", "burst": "bursts of 50", "flood": "all at once"}


def render(results: Results) -> str:
    """Markdown."""
    return "\n".join(_lines(results)) + "\n"


def _lines(results: Results) -> Iterator[str]:
    yield from _head(results)
    yield from _targets(results)
    for readers in results.fanout:
        yield from _fanout(results, readers)
    yield from _idle(results)
    yield from _single_figures(results)
    if results.failed:
        yield from ("", "## NOT MEASURED", "")
        yield from (f"- **{what}**: {why}" for what, why in results.failed.items())


def _head(results: Results) -> Iterator[str]:
    machine = results.machine
    yield "# Measured"
    yield ""
    yield f"{results.when}, {machine['cpu']}, {machine['cores']} cores, Linux {machine['kernel']}; {machine['pinned']}."
    yield f"Load of the machine before the start: {machine['load_before']:.2f}."
    if results.quick:
        yield "**Quick: one short window of each. These figures are noise; they show that it runs.**"
    ceiling = results.ceiling()
    if ceiling is not None:
        yield f"The load generator could take {ceiling:,.0f} single events a second with a core of its own."


def _targets(results: Results) -> Iterator[str]:
    rows = [
        (found.what, found.goal, found.measured or "not measured", _verdict(found.measured, found.reached))
        for found in targets(results)
    ]
    yield from ("", "## Figures to reach", "", *_table(("", "goal", "measured", ""), rows))


def _verdict(measured: str | None, reached: bool) -> str:
    if measured is None:
        return ""
    return "reached" if reached else "**missed**"


def _fanout(results: Results, readers: int) -> Iterator[str]:
    heads = ("", *(f"CPU, {NAMES[kind]}" for kind in ORDER), "quiet", "of C", "Hubbub of it")
    more = ("deliveries/s", "p50 ms", "p99 ms", "bytes", "load busy")
    rows = [_fanout_row(results, readers, name) for name in results.titles if _has(results, readers, name)]
    yield from ("", f"## {readers:,} readers", "")
    yield "CPU seconds of the server for 100,000 deliveries; delays from PUBLISH (Hubbub: COMMIT) to the last reader."
    yield from ("", *_table((*heads, *more), rows))


def _has(results: Results, readers: int, name: str) -> bool:
    return name in results.fanout[readers] or f"{name}, {readers} readers" in results.failed


def _fanout_row(results: Results, readers: int, name: str) -> Sequence[str]:
    title = results.titles[name]
    figures = results.fanout[readers].get(name)
    if figures is None:
        return (f"{title}: NOT MEASURED, see below",)
    single, flood = figures["single"], figures.get("flood")
    return (
        title, *(_cpu(figures.get(kind)) for kind in ORDER), f"{single.quiet_per_100k:.3f}",
        _of(results.cpu(readers, name), results.cpu(readers, "c")),
        _of(results.cpu(readers, "hubbub"), results.cpu(readers, name)),
        f"{flood.deliveries_per_second:,.0f}" if flood else "", f"{single.delay_ms_p50:.1f}",
        f"{single.delay_ms_p99:.1f}", f"{single.bytes_per_event:.0f}", f"{single.load_busy:.0%}",
    )  # fmt: skip


def _cpu(figures: Figures | None) -> str:
    return "NOT MEASURED" if figures is None else f"{figures.cpu_per_100k:.3f}"


def _of(one: float | None, other: float | None) -> str:
    return f"{one / other:.2f}" if one is not None and other else ""


def _idle(results: Results) -> Iterator[str]:
    if not results.idle:
        return
    rows = [
        (
            results.titles[name], f"{found.readers:,}", f"{found.kb_each:.1f}", f"{found.joins_per_second:,.0f}",
            f"{found.joins_per_cpu_second:,.0f}", "yes" if found.held else "**no**",
        )
        for name, found in results.idle.items()
    ]  # fmt: skip
    heads = ("", "readers", "kB each", "joins/s", "joins a CPU second", "all heard an event at the end")
    yield from ("", "## Idle connections", "", *_table(heads, rows))


def _single_figures(results: Results) -> Iterator[str]:
    told = [
        *_delivery(results),
        *_comeback(results),
        *_writes(results),
        *_growth(results),
        *_jobs(results),
        *_sign_ins(results),
    ]
    if told:
        yield from ("", "## Hubbub by itself", "", *told)


def _delivery(results: Results) -> Iterator[str]:
    if (own := results.delivery) is not None:
        yield (
            f"- COMMIT's return to the last of {own.readers:,} readers, {own.comments:,} comments: "
            f"p50 {own.ms_p50:.1f} ms, p99 {own.ms_p99:.1f} ms, at most {own.ms_max:.1f} ms."
        )


def _comeback(results: Results) -> Iterator[str]:
    if (own := results.comeback) is not None:
        yield (
            f"- {own.readers:,} readers after kill -9, with {own.missed} comments missed: all whole "
            f"{own.seconds_after_kill:.1f} s after the kill, {own.seconds_after_start:.1f} s after the new process "
            f"answered; {own.history_reads} reads of history, {own.gaps} gaps, {own.repeats} repeats."
        )


def _writes(results: Results) -> Iterator[str]:
    for own in results.writes:
        yield (
            f"- Comments a second, 32 at a time, {own.posts:,} post{'s' if own.posts > 1 else ''}: "
            f"{own.service:,.0f} by the service, {own.bare:,.0f} by the bare statement in pgbench."
        )


def _growth(results: Results) -> Iterator[str]:
    if (own := results.growth) is not None:
        few, many, none, idle = own.few_channels, own.many_channels, own.none_idle, own.many_idle
        yield (
            f"- CPU seconds for 100,000 deliveries, without (with) pings: {_both(few)} with 10 channels, "
            f"{_both(many)} with {own.channels:,}; {_both(none)} without idle readers, {_both(idle)} with {own.idle:,}."
        )


def _jobs(results: Results) -> Iterator[str]:
    if (own := results.jobs) is not None:
        yield (
            f"- Jobs that do nothing, {own.count:,}: {own.outbox:,.0f} a second with the outbox, "
            f"{own.plain:,.0f} by plain SAQ."
        )


def _sign_ins(results: Results) -> Iterator[str]:
    if (own := results.sign_ins) is not None:
        yield (
            f"- A light GET, p99 of {own.gets:,} each: {own.ms_p99_alone:.1f} ms alone, {own.ms_p99_beside:.1f} ms "
            f"beside {own.sign_ins:,} sign-ins, 20 a second."
        )


def _both(figures: Figures) -> str:
    return f"{figures.net_per_100k:.3f} ({figures.cpu_per_100k:.3f})"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    full = [[*row, *[""] * (len(heads) - len(row))] for row in rows]
    widths = [max(len(row[column]) for row in [heads, *full]) for column in range(len(heads))]
    yield _row(heads, widths)
    yield (
        "|"
        + "|".join(
            f":{'-' * (width + 1)}" if not at else f"{'-' * (width + 1)}:" for at, width in enumerate(widths)
        )
        + "|"
    )
    for row in full:
        yield _row(row, widths)


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = [
        cells[0].ljust(widths[0]),
        *(cell.rjust(width) for cell, width in zip(cells[1:], widths[1:], strict=True)),
    ]
    return "| " + " | ".join(padded) + " |"
