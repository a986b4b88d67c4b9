"""The load generator (load.c) as a process that is told what to count."""

import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Self

import msgspec

from app.bundled.process import tethered
from bench import build
from bench.machine import Failed, last_words

START_SECONDS = 150


class Report(msgspec.Struct, frozen=True):
    """What the load generator saw, from the order to its end. Times are nanoseconds of CLOCK_MONOTONIC."""

    what: str
    complete: bool
    seconds: float
    cpu: float
    ready: int
    failed: int
    lost: int
    deliveries: int
    bytes: int
    gaps: int
    repeats: int
    began: int
    first_at: int
    # When the last reader had the first event, the second …; 0 where not all of them did.
    last_at: list[int]

    @property
    def busy(self) -> float:
        """The share of its core that the load generator used: near 1, and it is what was measured."""
        return self.cpu / self.seconds if self.seconds else 0.0


class Load:
    """Readers of one server. Raises Failed when they do not get in."""

    def __init__(self, port: int, path: str, readers: int, options: Sequence[str], log: Path) -> None:
        command = [str(build.load()), str(port), path, str(readers), *options]
        self._log = log
        with log.open("ab") as words:
            self._popen = subprocess.Popen(
                tethered(command, signal.SIGKILL), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=words
            )
        self.readers = readers
        try:
            self.start = self._all_in(self.report())
        except BaseException:
            self.close()
            raise

    def expect(self, events: int, seconds: float) -> None:
        """Count from now on; `report` answers when each reader has had `events`, or time is up."""
        self._say(f"expect {events} {int(seconds * 1000)}")
        self._line()

    def whole(self, seq: int, seconds: float) -> Report:
        """Wait until every reader is back and stands at `seq` or beyond."""
        return self._ask(f"whole {seq} {int(seconds * 1000)}")

    def settle(self, seconds: float) -> Report:
        """Wait until every reader is ready."""
        return self._ask(f"settle {int(seconds * 1000)}")

    def status(self) -> Report:
        return self._ask("status")

    def report(self) -> Report:
        return msgspec.json.decode(self._line(), type=Report)

    def said(self) -> str:
        """Its last line of what went wrong."""
        return last_words(self._log)

    def close(self) -> None:
        self._popen.kill()
        self._popen.communicate()

    def _all_in(self, start: Report) -> Report:
        if not start.complete or start.failed:
            raise Failed(f"{start.ready} of {self.readers} readers got in, {start.failed} were refused")
        return start

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _ask(self, order: str) -> Report:
        self._say(order)
        return self.report()

    def _say(self, order: str) -> None:
        assert self._popen.stdin is not None
        self._popen.stdin.write(order.encode() + b"\n")
        self._popen.stdin.flush()

    def _line(self) -> bytes:
        assert self._popen.stdout is not None
        line = self._popen.stdout.readline()
        if not line:
            raise Failed(f"the load generator ended: {last_words(self._log)}")
        return line
