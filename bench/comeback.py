"""Thousands of readers whose process was killed with -9: how soon all of them are whole again."""

import asyncio
from time import monotonic_ns, sleep
from typing import Any

import asyncpg
import msgspec

from app.bundled.process import free_port
from bench import hubbub
from bench.contenders import READ_POST
from bench.hubbub import Servers, Writer
from bench.load import Load
from bench.machine import Failed

MISSED = 200
FAR = 60.0
# As many as come at once; whoever is refused tries again within a second, at a moment of its own.
AT_ONCE = ("--in-flight", "1000")
# A backend that is idle tells its numbers within ten seconds.
BOOKED_SECONDS = 11.0

# Only reads of a channel's history use this index so: a write looks nothing up by it.
_READS = "SELECT idx_scan FROM pg_stat_user_indexes WHERE indexrelname = 'events_pkey'"


class Comeback(msgspec.Struct, frozen=True):
    """Seconds are counted from the kill, and from the first moment that a new process answered."""

    readers: int
    missed: int
    seconds_after_kill: float
    seconds_after_start: float
    history_reads: int
    gaps: int
    repeats: int


def measure(servers: Servers, *, readers: int) -> Comeback:
    """Kill the only process, write MISSED comments meanwhile, start another one. Raises Failed."""
    port = free_port()
    with Writer(servers) as writer:
        process = hubbub.serve(servers, port)
        try:
            with Load(port, "/live", readers, [*READ_POST, *AT_ONCE], servers.log("load")) as load:
                _say(load, writer)
                sleep(BOOKED_SECONDS)
                reads = _history_reads(servers)
                killed = monotonic_ns()
                process.kill()
                writer.say(do="comments", count=MISSED, rate=500)
                process = hubbub.serve(servers, port)
                started = monotonic_ns()
                writer.answer()
                return _wait(load, writer, servers, killed, started, reads)
        finally:
            process.stop()


def _say(load: Load, writer: Writer) -> None:
    load.expect(20, FAR)
    writer.ask(do="comments", count=20, rate=20)
    if not load.report().complete:
        raise Failed("readers missed events before anything was killed")


def _wait(load: Load, writer: Writer, servers: Servers, killed: int, started: int, reads: int) -> Comeback:
    report = load.whole(writer.ask(do="tip")["seq"], FAR)
    whole = report.began + int(report.seconds * 1e9)
    if not report.complete:
        raise Failed(f"after {FAR:.0f} s only {report.ready} of {load.readers} readers were back")
    sleep(BOOKED_SECONDS)
    return Comeback(
        readers=load.readers,
        missed=MISSED,
        seconds_after_kill=(whole - killed) / 1e9,
        seconds_after_start=(whole - started) / 1e9,
        history_reads=_history_reads(servers) - reads,
        gaps=report.gaps,
        repeats=report.repeats,
    )


def _history_reads(servers: Servers) -> int:
    async def ask() -> int:
        connection: Any = await asyncpg.connect(servers.database_url)
        try:
            return int(await connection.fetchval(_READS))
        finally:
            await connection.close()

    return asyncio.run(ask())
