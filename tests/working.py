"""A real `hubbub worker` in a process of its own, against the tests' database."""

import os
import signal
import subprocess
import sys
import tempfile
import weakref
from collections.abc import Sequence
from time import monotonic, sleep

from app.settings import child_environment
from tests.serving import ROOT

PATIENCE = 30.0


class Worker:
    """`start`, `kill` (-9), `terminate`, `start` again."""

    command: Sequence[str] = ("app.cli", "worker")

    def __init__(self, **settings: object) -> None:
        self._settings = settings
        self._process: subprocess.Popen[bytes] | None = None
        self._output = tempfile.TemporaryFile()  # noqa: SIM115  # as long as the worker
        weakref.finalize(self, self._output.close)

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> "Worker":
        """Return when it says that it is ready."""
        said = self.output().count("worker_ready")
        self._process = subprocess.Popen(
            [sys.executable, "-m", *self.command],
            cwd=ROOT, env=child_environment(**self._settings), stdin=subprocess.DEVNULL,
            stdout=self._output, stderr=subprocess.STDOUT,
        )  # fmt: skip
        until = monotonic() + PATIENCE
        while self.output().count("worker_ready") == said:
            if self._process.poll() is not None or monotonic() > until:
                raise AssertionError(f"The worker did not start:\n{self.output()}")
            sleep(0.05)
        return self

    def kill(self) -> None:
        """What `kill -9` does: nothing is finished, nobody is told."""
        os.kill(self.pid, signal.SIGKILL)
        self.wait()

    def ask(self) -> None:
        """Ask it to stop, without waiting."""
        os.kill(self.pid, signal.SIGTERM)

    def terminate(self) -> None:
        """Ask it to stop, and insist when it does not."""
        if self._process is None or self._process.poll() is not None:
            return
        self.ask()
        try:
            self.wait()
        except subprocess.TimeoutExpired:
            self.kill()

    def close(self) -> None:
        self.terminate()
        self._output.close()

    def wait(self) -> int:
        assert self._process is not None
        return self._process.wait(PATIENCE)

    def output(self) -> str:
        # By its own descriptor: the worker writes where this one stands.
        return os.pread(self._output.fileno(), 10_000_000, 0).decode(errors="replace")
