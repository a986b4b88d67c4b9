"""The machine: two cores, processes that are pinned to one of them, and what /proc tells about these."""

import os
import resource
import signal
import socket
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep

from app.bundled.process import tethered

ROOT = Path(__file__).resolve().parent.parent
HERE = ROOT / "bench"
BUILT = HERE / ".peers"
TICKS = os.sysconf("SC_CLK_TCK")
PATIENCE = 60.0

_cores = sorted(os.sched_getaffinity(0))
# With one core all of them share it, and the figures are worth little; `describe` says so.
SERVER_CORE, OTHER_CORE = _cores[0], _cores[-1]
ONE, OTHER = frozenset((SERVER_CORE,)), frozenset((OTHER_CORE,))
BOTH = ONE | OTHER


class Failed(Exception):
    """What was to be measured cannot be; one line for the table."""


def prepare() -> None:
    """Give this process, and so all that it starts, the other core and as many files as there may be."""
    os.sched_setaffinity(0, OTHER)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def describe() -> dict[str, object]:
    """What a reader of the results should know about where they come from."""
    cpu = next((line for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line), "")
    return {
        "cpu": cpu.partition(":")[2].strip(),
        "cores": len(_cores),
        "pinned": "server on one core, all else on another" if len(_cores) > 1 else "one core for everything",
        "kernel": os.uname().release,
        "load_before": os.getloadavg()[0],
    }


@contextmanager
def on(cores: frozenset[int]) -> Iterator[None]:
    """Start what is started inside on these cores, and run there meanwhile."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


class Process:
    """A process on its cores, which ends with us; its words go to `log`."""

    def __init__(
        self,
        command: Sequence[str],
        log: Path,
        *,
        cores: frozenset[int],
        env: Mapping[str, str] | None = None,
    ) -> None:
        self.log = log
        with log.open("ab") as words, on(cores):
            self._popen = subprocess.Popen(
                tethered(command, signal.SIGKILL), cwd=ROOT, env=env,
                stdin=subprocess.DEVNULL, stdout=words, stderr=words,
            )  # fmt: skip

    @property
    def pid(self) -> int:
        return self._popen.pid

    def running(self) -> bool:
        return self._popen.poll() is None

    def wait_for_port(self, port: int) -> None:
        """Return when it accepts connections. Raises Failed with its last words."""
        until = monotonic() + PATIENCE
        while not _answers(port):
            if not self.running() or monotonic() > until:
                raise Failed(f"did not start: {last_words(self.log)}")
            sleep(0.02)

    def kill(self) -> None:
        self._popen.kill()
        self._popen.wait()

    def stop(self) -> None:
        self._popen.terminate()
        try:
            self._popen.wait(3)
        except subprocess.TimeoutExpired:
            self.kill()

    def cpu(self) -> float:
        """Seconds of CPU that it and its children have used."""
        return sum(_cpu(pid) for pid in _family(self.pid))

    def memory(self) -> int:
        """Resident bytes of it and its children."""
        return sum(_resident(pid) for pid in _family(self.pid))


def move(pid: int, cores: frozenset[int]) -> None:
    """Put a process that runs, and its children, on these cores."""
    for one in _family(pid):
        # A backend may end meanwhile.
        with suppress(OSError):
            for thread in Path(f"/proc/{one}/task").iterdir():
                os.sched_setaffinity(int(thread.name), cores)


def last_words(log: Path) -> str:
    lines = log.read_text(errors="replace").split("\n") if log.exists() else []
    return next((line.strip()[:200] for line in reversed(lines) if line.strip()), "it said nothing")


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


def _stat(pid: int) -> list[str]:
    # After the name, which may hold spaces and brackets.
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _cpu(pid: int) -> float:
    try:
        return sum(int(ticks) for ticks in _stat(pid)[11:15]) / TICKS
    except OSError:
        return 0.0


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def _family(pid: int) -> list[int]:
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        text = ""
    return [pid, *(one for child in text.split() for one in _family(int(child)))]
