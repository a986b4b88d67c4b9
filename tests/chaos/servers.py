"""PostgreSQL and Valkey of the run's own: on ports that stay, killed, stopped, started again, put back."""

import os
import signal
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from app.bundled import postgres, process, valkey
from tests.chaos.clocks import Clock
from tests.processes import family


class Service:
    """One server. `start` takes the module that launches it, always from the main thread."""

    def __init__(self, name: str, module: Any, folder: Path, clock: Clock) -> None:
        self.name = name
        self.folder = folder / name
        self._module, self._data, self.clock = module, folder, clock
        self.data = self.folder / "data"
        self._server = self._launch(0)
        self.url: str = self._server.url
        self.port: int = self._server.port

    @property
    def pid(self) -> int:
        return int(self._server.pid)

    @property
    def runs(self) -> bool:
        return not self._server.exited()

    def start(self) -> None:
        if self.runs:
            return
        self._server = self._launch(self.port)

    def stop(self) -> None:
        self.signal(signal.SIGCONT)
        self._server.stop()

    def kill(self) -> None:
        """`kill -9` for it and whatever belongs to it."""
        self.signal(signal.SIGKILL)
        self.stop()

    def signal(self, number: int) -> None:
        """To the server and all its children."""
        if self.runs:
            for pid in family(self.pid):
                with suppress(ProcessLookupError):
                    os.kill(pid, number)

    def _launch(self, port: int) -> Any:
        with self.clock.around(process):
            return self._module.start(self._data, port=port)


def open_postgres(folder: Path) -> Service:
    return Service("postgres", postgres, folder, Clock(folder, "postgres"))


def open_valkey(folder: Path) -> Service:
    return Service("valkey", valkey, folder, Clock(folder, "valkey"))


def binary(name: str) -> Path:
    """One of the programs that come with PostgreSQL."""
    spec = find_spec(postgres.WHEEL)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "pginstall18/bin" / name
