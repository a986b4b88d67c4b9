"""A bundled server as a process: tethered to us, its words in a log, stopped by a signal."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from app.bundled import LaunchError, tether
from app.bundled.folder import Folder, plainly, trouble

READY_WITHIN = 60.0  # seconds; a crash recovery reads its whole log first
STOP_WITHIN = 3.0  # for each signal; the first is enough but for a server that hangs
ENVIRONMENT = {"LC_ALL": "C", "PATH": "/usr/local/bin:/usr/bin:/bin"}
TAKEN = "Address already in use"
COMPLAINTS = ("FATAL", "PANIC", "error:", "Error", "Fatal", "Can't", "Failed", TAKEN)
TRIES = 5


class PortTakenError(LaunchError):
    """Another program listens on the port."""


def tethered(command: Sequence[str], death_signal: int, user: int = -1, group: int = -1) -> list[str]:
    """The command line that runs `command` so that it gets `death_signal` when this process dies.

    On Linux that is: when the *thread* that starts it ends. Start it from one that stays, the main thread.
    """
    shim = [sys.executable, "-I", "-S", tether.__file__]
    return [*shim, *map(str, (os.getpid(), int(death_signal), user, group)), *command]


class Process:
    """A server that runs in its folder. `pid` is the server's own."""

    def __init__(
        self, folder: Folder, command: Sequence[str], *, work: Path, stop: int, words: str = ""
    ) -> None:
        self.folder = folder
        self._stop = stop
        self._log = folder.path / "log"
        with plainly(folder.path), folder.open("log", "wb") as log:
            self._popen = subprocess.Popen(  # noqa: S603  # our own command, no shell
                tethered(command, stop, *folder.identity),
                cwd=work,
                env=ENVIRONMENT,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                pass_fds=[folder.server_lock.fileno()],
                # Out of the terminal's group: Ctrl-C reaches us alone, and we stop things in order.
                start_new_session=True,
            )
        self._say(words)

    @property
    def pid(self) -> int:
        return self._popen.pid

    def exited(self) -> bool:
        return self._popen.poll() is not None

    def wait_until(self, ready: Callable[[], bool]) -> None:
        """Wait for `ready()`. Raises LaunchError with the server's last words if it ends first."""
        deadline = time.monotonic() + READY_WITHIN
        while not ready():
            if self.exited():
                raise self.complaint()
            if time.monotonic() > deadline:
                self.end()
                raise LaunchError(f"The server on {self.folder.path} was not ready in {READY_WITHIN:.0f} s.")
            time.sleep(0.01)

    def wait(self) -> None:
        """Wait for the command to do its work. Raises LaunchError with its last words if it fails."""
        if self._popen.wait():
            raise self.complaint()

    def stop(self) -> None:
        """End the server and give its folder back."""
        self.end()
        self.folder.close()

    def end(self) -> None:
        """End the server, gently at first; nothing that was written is lost either way."""
        for number in (self._stop, signal.SIGQUIT, signal.SIGKILL):
            if not self.exited():
                self._popen.send_signal(number)
            try:
                self._popen.wait(STOP_WITHIN)
            except subprocess.TimeoutExpired:
                continue
            return

    def complaint(self) -> LaunchError:
        """What the server said was wrong, in one line."""
        with plainly(self.folder.path):
            lines = self._log.read_text(errors="replace").splitlines()
        telling = [line for line in lines if any(mark in line for mark in COMPLAINTS)]
        if any(TAKEN in line for line in telling):
            return PortTakenError("Another program listens on that port of 127.0.0.1.")
        said = (telling or lines or ["it ended without a word"])[-1]
        return LaunchError(trouble(self.folder.path, None, said.strip().rstrip(".")))

    def _say(self, words: str) -> None:
        stdin = self._popen.stdin
        if stdin is None:
            return
        try:
            stdin.write(words.encode())
            stdin.close()
        except BrokenPipeError:
            # It ended before it read them; wait_until tells why.
            return


def free_port() -> int:
    """A port that is free on 127.0.0.1 now; by the time it is used another may have it."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def start_on(port: int, launch: Callable[[int], tuple[Process, int]]) -> tuple[Process, int]:
    """Launch on `port`, or on any free one for 0; another try where someone was quicker."""
    for _ in range(TRIES):
        try:
            return launch(port or free_port())
        except PortTakenError:
            if port:
                raise
    raise LaunchError("No free port was found on 127.0.0.1.")
