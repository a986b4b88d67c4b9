"""What an earlier start left running on a folder: found by the lock file it holds open, and ended."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

ENOUGH = 3.0  # seconds for each signal


def end_holders(lock: Path) -> None:
    """End every process but ours that has the file open.

    A PostgreSQL 18 that is told to stop while it recovers from a killed backend may wait for ever, so a
    server that does not end by itself is told to end at once: SIGQUIT loses nothing that was acknowledged.
    """
    for number in (signal.SIGQUIT, signal.SIGKILL):
        for pid in _holders(lock):
            _signal(pid, number, lock)
        deadline = time.monotonic() + ENOUGH
        while any(_holders(lock)) and time.monotonic() < deadline:
            time.sleep(0.05)


def _signal(pid: int, number: int, lock: Path) -> None:
    with suppress(OSError):
        # The handle stays with this very process, should the number be given to another meanwhile.
        process = os.pidfd_open(pid)
        try:
            if _holds(pid, lock):
                signal.pidfd_send_signal(process, number)
        finally:
            os.close(process)


def _holders(lock: Path) -> Iterator[int]:
    """Where there is no /proc, none is found and the start says that the folder is in use."""
    for process in Path("/proc").glob("[0-9]*"):
        pid = int(process.name)
        if pid != os.getpid() and _holds(pid, lock):
            yield pid


def _holds(pid: int, lock: Path) -> bool:
    target = lock.stat()
    with suppress(OSError):
        for descriptor in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(OSError):
                if os.path.samestat(descriptor.stat(), target):
                    return True
    return False
