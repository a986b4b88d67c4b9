"""One of our own processes, started from this one and ended with it."""

import signal
import subprocess
import sys

from app.bundled.process import tethered

# Seconds. Whoever stops a development server does not want to wait; but one with many readers lets them go in
# turn (LIVE.md 4.8), and a second Ctrl-C ends all.
STOP_WITHIN = {"serve": 40.0}
STOP_OTHERS_WITHIN = 3.0


class Part:
    """`hubbub COMMAND` in a process of its own, writing to our terminal."""

    def __init__(self, command: str, environment: dict[str, str]) -> None:
        self._patience = STOP_WITHIN.get(command, STOP_OTHERS_WITHIN)
        # Killed with us rather than asked: nothing that is acknowledged depends on how a part ends.
        self._popen = subprocess.Popen(  # noqa: S603  # our own command, no shell
            tethered([sys.executable, "-m", "app.cli", command], signal.SIGKILL),
            env=environment,
            stdin=subprocess.DEVNULL,
            # Out of the terminal's group: Ctrl-C reaches us alone, and we stop things in order.
            start_new_session=True,
        )

    @property
    def pid(self) -> int:
        return self._popen.pid

    def exited(self) -> bool:
        return self._popen.poll() is not None

    def wait(self) -> int:
        return self._popen.wait()

    def ask(self) -> None:
        """Ask it to end, without waiting."""
        if not self.exited():
            self._popen.terminate()

    def stop(self) -> None:
        self.ask()
        try:
            self._popen.wait(self._patience)
        except subprocess.TimeoutExpired:
            self._popen.kill()
            self._popen.wait()
