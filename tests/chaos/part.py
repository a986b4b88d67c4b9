"""A process of Hubbub, web or worker: killed, stopped, started again, and kept running as a supervisor would."""

import os
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path
from time import monotonic

from app.bundled.process import tethered

ROOT = Path(__file__).parents[2]
STOP_WITHIN = 12.0
AGAIN_AFTER = 0.5


class Part:
    """`wanted` says whether it should run; `tend` starts it again when it ended by itself."""

    def __init__(self, name: str, command: Sequence[str], environment: dict[str, str], log: Path) -> None:
        self.name = name
        self.wanted = False
        self.fell = 0
        self._command, self._environment, self._log = command, environment, log
        self._process: subprocess.Popen[bytes] | None = None
        self._fell_at = self._asked_at = 0.0

    @property
    def pid(self) -> int:
        return 0 if self._process is None else self._process.pid

    @property
    def runs(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def launch(self) -> None:
        """Start it without waiting for it to be ready."""
        self.wanted = True
        if self.runs:
            return
        self._fell_at = self._asked_at = 0.0
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                tethered(self._command, signal.SIGKILL), cwd=ROOT, env=self._environment,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def tend(self) -> None:
        """Start it again when it fell, or when it has ended as it was asked to."""
        now = monotonic()
        if self._asked_at and self.runs:
            if now > self._asked_at + STOP_WITHIN:
                self.signal(signal.SIGKILL)
        elif self.wanted and not self.runs:
            if not self._fell_at:
                self.fell, self._fell_at = self.fell + (not self._asked_at), now
            elif now > self._fell_at + AGAIN_AFTER:
                self.launch()

    def kill(self) -> None:
        self.wanted = False
        self.signal(signal.SIGKILL)
        if self._process is not None:
            self._process.wait(STOP_WITHIN)

    def ask(self) -> None:
        """Ask it to end, without waiting; `tend` starts it again when it has, or was long enough about it."""
        self._asked_at = monotonic()
        self.signal(signal.SIGTERM)

    def signal(self, number: int) -> None:
        if self.runs:
            os.kill(self.pid, number)
