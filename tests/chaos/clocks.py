"""Clocks of single processes, moved by libfaketime; only the time of day, never what timers count."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

# Found by deploy/faketime.py; empty where it could not be had, and then all clocks stay true.
LIBRARY = os.environ.get("LIBFAKETIME", "")


class Clock:
    """One process's time of day: true until it is moved."""

    def __init__(self, folder: Path, name: str) -> None:
        self._file = folder / f"clock-{name}"
        self.move(0)

    def shown_to(self, command: Sequence[str]) -> list[str]:
        """The command line that runs `command` by this clock."""
        if not LIBRARY:
            return list(command)
        settings = {
            "LD_PRELOAD": LIBRARY,
            "FAKETIME_TIMESTAMP_FILE": self._file,
            "FAKETIME_CACHE_DURATION": 1,
            "FAKETIME_DISABLE_SHM": 1,
            # Its older name too: with one of them alone some versions move what timers count.
            "DONT_FAKE_MONOTONIC": 1,
            "FAKETIME_DONT_FAKE_MONOTONIC": 1,
        }
        return ["/usr/bin/env", *(f"{name}={value}" for name, value in settings.items()), *command]

    @contextmanager
    def around(self, launcher: Any) -> Iterator[None]:
        """Have the module `launcher` start its server by this clock: the last step, after its change of user."""
        tethered = launcher.tethered
        launcher.tethered = lambda command, *more: tethered(self.shown_to(command), *more)
        try:
            yield
        finally:
            launcher.tethered = tethered

    def move(self, seconds: int) -> None:
        """Show a time that is so far from the true one; within a second the process sees it."""
        fresh = self._file.with_suffix(".new")
        fresh.write_text(f"{seconds:+d}s\n")
        fresh.chmod(0o644)
        fresh.replace(self._file)


def sweep() -> None:
    """Remove what libfaketime leaves of processes that are gone."""
    for path in Path("/dev/shm").glob("*faketime_s*_*"):
        if not Path(f"/proc/{path.name.rpartition('_')[2]}").exists():
            path.unlink(missing_ok=True)
