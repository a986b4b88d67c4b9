"""Keeps one thing running: says when it ended and starts it again, less and less eagerly."""

import time
from collections.abc import Callable
from typing import Protocol

from app.bundled import LaunchError

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 10.0
STEADY_AFTER = 30.0  # seconds: what lived that long starts again as if it had never ended


class Running(Protocol):
    """A web process, a worker, or a bundled server."""

    def exited(self) -> bool: ...

    def stop(self) -> None: ...


class Keeper:
    """`start` must start the thing where it was before, so that the others find it again."""

    def __init__(self, name: str, start: Callable[[], Running], running: Running | None = None) -> None:
        self.name = name
        self._start = start
        self._pause = FIRST_PAUSE
        self._due = 0.0
        self._since = time.monotonic()
        self.running: Running | None = running or start()

    def down(self) -> bool:
        return self.running is None or self.running.exited()

    def look(self) -> None:
        """Call this often: notices the end, and starts again when it is time."""
        if self.running is not None and self.running.exited():
            self.running.stop()
            self.running = None
            self._plan("ended")
        elif self.running is None and time.monotonic() >= self._due:
            self._again()

    def stop(self) -> None:
        if self.running is not None:
            self.running.stop()

    def _again(self) -> None:
        self._since = time.monotonic()
        try:
            self.running = self._start()
        except LaunchError as error:
            self._plan(f"did not start ({error})")

    def _plan(self, what: str) -> None:
        now = time.monotonic()
        if now - self._since > STEADY_AFTER:
            self._pause = FIRST_PAUSE
        self._due = now + self._pause
        say(f"{self.name} {what}. Starting it again in {self._pause:g} s.")
        self._pause = min(self._pause * 2, LONGEST_PAUSE)


def say(line: str) -> None:
    """A line for the person at the terminal."""
    print(line, flush=True)  # noqa: T201  # this is a terminal's program
