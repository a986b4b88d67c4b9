"""Starts what comes out of a Dockerfile: as its user, on files that cannot be changed, until it is told to stop."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from docker_base import open_to_all
from docker_image import Stage
from dockerfile import StepError

SEAL = Path(__file__).with_name("docker_seal.py")
READY_SECONDS = 30.0
STOP_SECONDS = 25.0
POLL = 0.1


class Container:
    """The image's files, sealed; each command that is started in it is one process."""

    def __init__(self, image: Stage, given: dict[str, str]) -> None:
        self.image = image
        self.temporary = image.root / "tmp"
        self.temporary.mkdir(exist_ok=True)
        self.temporary.chmod(0o1777)
        # Nothing of this machine's environment: an engine passes on what it is given, and no more.
        self._environment = {**image.environment(), "HOME": "/", "TMPDIR": str(self.temporary), **given}
        self._prefix, self.sealed = _seal(image)

    def start(self, command: list[str]) -> "Process":
        return Process(command, [*self._prefix, *command], self._environment)


class Process:
    """One command; what it says is kept for the line that tells why it failed."""

    def __init__(self, command: list[str], sealed: list[str], environment: dict[str, str]) -> None:
        self.name = " ".join(command[:2])
        self._log = tempfile.TemporaryFile()  # noqa: SIM115  # as long as the process
        self._popen = subprocess.Popen(
            sealed, env=environment, stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log
        )

    def said(self) -> str:
        size = os.fstat(self._log.fileno()).st_size
        # Not by seeking: the process writes where this handle stands.
        return os.pread(self._log.fileno(), size, 0).decode(errors="replace")

    def finish(self) -> None:
        """Wait for its end, which is to be a good one."""
        status = self._popen.wait(READY_SECONDS)
        if status:
            raise StepError(f"{self.name}: exit status {status}: {self._last_words()}")

    def wait_until(self, look: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while not look():
            if self._popen.poll() is not None:
                raise StepError(f"{self.name}: ended by itself: {self._last_words()}")
            if time.monotonic() > deadline:
                raise StepError(f"{self.name}: {what} in vain for {READY_SECONDS:g} s: {self._last_words()}")
            time.sleep(POLL)

    def succeeds(self) -> bool:
        return self._popen.wait(READY_SECONDS) == 0

    def stop(self) -> None:
        """SIGTERM, as `docker stop` sends it."""
        self._popen.terminate()
        status = self._popen.wait(STOP_SECONDS)
        if status not in {0, -signal.SIGTERM}:
            raise StepError(f"{self.name}: stopped with exit status {status}: {self._last_words()}")

    def kill(self) -> None:
        if self._popen.poll() is None:
            self._popen.kill()
            self._popen.wait()

    def _last_words(self) -> str:
        lines = [line.strip() for line in self.said().splitlines() if line.strip()]
        return lines[-1] if lines else "it said nothing"


def _seal(image: Stage) -> tuple[list[str], str]:
    """What a command line begins with, so that nothing can be written to; and in words, how."""
    user, group = image.user
    way, prefix = "files", []
    if os.geteuid() != 0:
        _take_write_permission(image.root)
        words = "as the user who started this, on files without write permission"
    elif not open_to_all(image.root):
        raise StepError(f"{image.root} is in a folder that user {user} may not enter")
    elif _may_mount():
        way, prefix = "mounts", ["unshare", "--mount", "--"]
        words = f"as user {user}, on a root file system mounted read-only, with a /tmp of its own"
    else:
        words = f"as user {user}, on files that belong to another"
    python = str(image.root / "usr/local/bin/python3")
    seal = [python, "-I", "-S", str(SEAL), way, str(image.root), str(image.place("")), str(user), str(group)]
    return [*prefix, *seal], words


def _may_mount() -> bool:
    if sys.platform != "linux" or not shutil.which("unshare"):
        return False
    tried = subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False)  # noqa: S607  # nosec B607
    return tried.returncode == 0


def _take_write_permission(root: Path) -> None:
    for path in (root, *root.rglob("*")):
        if not path.is_symlink() and path != root / "tmp":
            path.chmod(path.stat().st_mode & ~0o222)


def give_write_permission(root: Path) -> None:
    """So that the folders can be removed again by whoever made them."""
    for path in (root, *root.rglob("*")):
        if path.is_dir() and not path.is_symlink():
            path.chmod(path.stat().st_mode | 0o200)
