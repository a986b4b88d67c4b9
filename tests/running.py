"""`hubbub dev` as a person runs it: a process of its own, a terminal to read, keys to press."""

import os
import re
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Self

import httpx

from app.bundled.process import free_port
from tests.processes import alive, command_line, family, wait_until

ROOT = Path(__file__).parent.parent
FRESH = {"DATABASE_URL": "", "REDIS_URL": "", "HOST": "", "HUBBUB_PING_MS": ""}


class Run:
    """One `hubbub COMMAND`; variables that are not named here are as on a fresh machine."""

    def __init__(self, data: Path, *prefix: str, command: str = "dev", **variables: Any) -> None:
        self.port = free_port()
        # The demo has tests of its own.
        given = {"HUBBUB_DATA_DIR": data, "PORT": self.port, "HUBBUB_DEMO": "off", **variables}
        self._output = tempfile.TemporaryFile()  # noqa: SIM115  # as long as the process
        self._process = subprocess.Popen(
            [*prefix, sys.executable, "-m", "app.cli", command],
            cwd=ROOT,
            env={**os.environ, **FRESH, **{name: str(value) for name, value in given.items()}},
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    def output(self) -> str:
        self._output.seek(0)
        return self._output.read().decode(errors="replace")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        everyone = self.family()
        self.kill()
        self._output.close()
        wait_until(lambda: not alive(everyone), "all of it is gone")

    def ready(self) -> Self:
        """Wait for the address, the last thing it says."""
        wait_until(lambda: self.exited() or "Hubbub is at" in self.output(), "the address is on the screen")
        assert not self.exited(), self.output()
        return self

    def exited(self) -> bool:
        return self._process.poll() is not None

    def family(self) -> set[int]:
        """Every process of it, this one's children included."""
        return alive(family(self.pid))

    def member(self, pattern: str) -> int | None:
        """The pid of the process whose command line matches."""
        return next((pid for pid in self.family() if re.search(pattern, command_line(pid))), None)

    def press_ctrl_c(self) -> None:
        """What a terminal does: SIGINT to the whole group in front."""
        os.killpg(self.pid, signal.SIGINT)

    def kill(self) -> None:
        self._process.kill()
        self.wait()

    def wait(self) -> int:
        return self._process.wait(30)

    def get(self, path: str) -> httpx.Response:
        return httpx.get(f"http://127.0.0.1:{self.port}{path}", timeout=10, trust_env=False)

    def post(self, path: str, **fields: Any) -> httpx.Response:
        return httpx.post(f"http://127.0.0.1:{self.port}{path}", json=fields, timeout=10, trust_env=False)

    def answers(self) -> bool:
        try:
            return self.get("/health/ready").text == '{"status":"ok","degraded":[]}'
        except httpx.TransportError:
            return False
