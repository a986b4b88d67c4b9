"""A real `hubbub serve` in a process of its own, on a free port, against the tests' database."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import weakref
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import httpx

from app.settings import child_environment

ROOT = Path(__file__).parent.parent
PATIENCE = 90.0


class Server:
    """`start`, `kill` (-9), `terminate`, `start` again; the port stays."""

    def __init__(self, **settings: object) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.live_url = f"ws://127.0.0.1:{self.port}/live"
        self._settings = {"host": "127.0.0.1", "port": self.port, **settings}
        self._process: subprocess.Popen[bytes] | None = None
        self._output = tempfile.TemporaryFile()  # noqa: SIM115  # as long as the server
        weakref.finalize(self, self._output.close)

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> "Server":
        """Return when it answers `/health/ready`."""
        self.launch()
        return self.wait_until_ready()

    def launch(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "app.cli", "serve"],
            cwd=ROOT, env=child_environment(**self._settings), stdin=subprocess.DEVNULL,
            stdout=self._output, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def wait_until_ready(self) -> "Server":
        until = monotonic() + PATIENCE
        while not self._is_ready():
            if self._process is None or self._process.poll() is not None or monotonic() > until:
                raise AssertionError(f"The server did not start:\n{self.output()}")
            sleep(0.05)
        return self

    def kill(self) -> None:
        """What `kill -9` does: nothing is finished, nobody is told."""
        self.signal(signal.SIGKILL)
        self.wait()

    def terminate(self) -> None:
        """Ask it to stop, and insist when it does not."""
        if self._process is None or self._process.poll() is not None:
            return
        self.signal(signal.SIGTERM)
        try:
            self.wait()
        except subprocess.TimeoutExpired:
            self.kill()

    def close(self) -> None:
        """Stop for good."""
        self.terminate()
        self._output.close()

    def signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def wait(self) -> int:
        assert self._process is not None
        return self._process.wait(PATIENCE)

    def output(self) -> str:
        self._output.seek(0)
        return self._output.read().decode(errors="replace")

    def client(self, token: str | None = None, **options: Any) -> httpx.AsyncClient:
        """An HTTP client, with someone's session when a token is given."""
        cookies = {"hubbub_session": token} if token else None
        return httpx.AsyncClient(base_url=self.url, cookies=cookies, timeout=30, trust_env=False, **options)

    def _is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}/health/ready", timeout=2, trust_env=False).status_code == 200
        except httpx.TransportError:
            return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
