"""Processes as the system sees them: which there are, whose children they are, when they are gone."""

import subprocess
import time
from collections.abc import Callable
from pathlib import Path

PATIENCE = 30.0
POLL = 0.02


def wait_until(look: Callable[[], object], what: str, patience: float = PATIENCE) -> None:
    deadline = time.monotonic() + patience
    while not look():
        assert time.monotonic() < deadline, f"Waited {patience:g} s in vain: {what}"
        time.sleep(POLL)


def family(pid: int) -> set[int]:
    """The process, its children, their children and so on."""
    parents = _parents()
    found = {pid}
    while grown := {child for child, parent in parents.items() if parent in found} - found:
        found |= grown
    return found


def alive(pids: set[int]) -> set[int]:
    """Those that still run; a zombie that nobody has reaped does not."""
    return pids & set(_parents())


def command_line(pid: int) -> str:
    path = Path(f"/proc/{pid}/cmdline")
    if path.exists():
        return path.read_text().replace("\0", " ")
    asked = ["ps", "-p", str(pid), "-o", "args="]
    return subprocess.run(asked, capture_output=True, text=True, check=False).stdout


def _parents() -> dict[int, int]:
    rows = _from_proc() if Path("/proc/self").exists() else _from_ps()
    return {int(pid): int(parent) for pid, parent, state in rows if not state.startswith("Z")}


def _from_proc() -> list[tuple[str, str, str]]:
    rows = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
        except (FileNotFoundError, ProcessLookupError):
            continue
        rows.append((stat.parent.name, parent, state))
    return rows


def _from_ps() -> list[tuple[str, str, str]]:
    said = subprocess.run(
        ["ps", "-axo", "pid=,ppid=,stat="], capture_output=True, text=True, check=True
    ).stdout
    return [(pid, parent, state) for pid, parent, state in (line.split()[:3] for line in said.splitlines())]
