"""The processes of a run: PostgreSQL, Valkey, two webs and a worker, with wires between them."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack

import httpx
import msgspec

from app.settings import variable
from tests.chaos import clocks
from tests.chaos.clocks import Clock
from tests.chaos.part import ROOT, Part
from tests.chaos.proxy import Exchange, Wire
from tests.chaos.scene import Guests, Scene
from tests.chaos.servers import Service, open_postgres, open_valkey
from tests.chaos.side import Side
from tests.services import new_folder
from tests.serving import free_port

READY_WITHIN = 90.0
PING_MS = 1000
SETTINGS: dict[str, object] = {
    "host": "127.0.0.1",
    "ping_ms": PING_MS,
    # Few, so that they can be exhausted by as many writers as there are.
    "pool_size": 6,
    "pool_timeout_ms": 2000,
    "slow_query_ms": 60_000,
    "slow_request_ms": 60_000,
    "demo": "off",
    # All people come from one address.
    "rate_limits": "off",
}


class Stage:
    """Everything that runs, by name; `close` ends it all."""

    def __init__(self, sabotage: str = "") -> None:
        self._stack = ExitStack()
        self.folder = new_folder(self._stack)
        self.side = Side()
        self._stack.callback(self.side.close)
        self._stack.callback(clocks.sweep)
        self.exchange = Exchange(self.side)
        self._aside: list[subprocess.Popen[bytes]] = []
        self.copied_at = 0.0
        self.before_restore: Callable[[], None] = lambda: None
        self.after_restore: Callable[[], None] = lambda: None
        self.on_leave: Callable[[], None] = lambda: None
        self._stack.callback(self._end_aside)
        try:
            self._open(sabotage)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        self._stack.close()

    def _open(self, sabotage: str) -> None:
        self.postgres = self._kept(open_postgres(self.folder))
        self.valkey = self._kept(open_valkey(self.folder))
        self._urls = {"database_url": self.postgres.url, "redis_url": self.valkey.url}
        self.wires: dict[str, list[Wire]] = {"postgres": [], "valkey": [], "readers": []}
        self.clocks = {name: self._clock(name) for name in ("web-0", "web-1", "worker")}
        self.clocks |= {service.name: service.clock for service in (self.postgres, self.valkey)}
        self.fronts: list[str] = []
        serve = ("-m", "tests.chaos.sabotage", sabotage) if sabotage else ("-m", "app.cli", "serve")
        self.parts = {name: self._web(name, serve) for name in ("web-0", "web-1")}
        self.parts["worker"] = self._part("worker", ("-m", "app.cli", "worker"), {})

    @property
    def services(self) -> dict[str, Service]:
        return {service.name: service for service in (self.postgres, self.valkey)}

    @property
    def lines(self) -> list[str]:
        return [f"http://127.0.0.1:{wire.port}" for wire in self.wires["readers"]]

    def environment(self, **settings: object) -> dict[str, str]:
        """What a process of Hubbub is started with here."""
        ours = {**SETTINGS, "data_dir": self.folder / "data", **self._urls, **settings}
        return {**{k: v for k, v in os.environ.items() if not k.startswith("HUBBUB_")}, **_variables(ours)}

    def invite(self, seed: int, readers: int) -> Scene:
        """Migrate, and make everybody and everything that a run begins with."""
        command = [sys.executable, "-m", "tests.chaos.people", str(readers)]
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=self.environment(),
            check=True,
            stdout=subprocess.PIPE,
            timeout=READY_WITHIN,
        )
        guests = msgspec.json.decode(done.stdout, type=Guests)
        return Scene(seed, self.fronts, self.lines, self.postgres.url, guests)

    def start(self) -> None:
        """Start all of Hubbub; return when both webs are ready."""
        for part in self.parts.values():
            part.launch()
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        until = time.monotonic() + READY_WITHIN
        while not all(_is_ready(front) for front in self.fronts):
            self.tend()
            if time.monotonic() > until:
                raise TimeoutError(f"Hubbub does not come up again; its logs:\n{self.last_words()}")
            time.sleep(0.1)

    def tend(self) -> None:
        """Start again what ended by itself."""
        for part in self.parts.values():
            part.tend()

    def aside(self, process: subprocess.Popen[bytes]) -> None:
        """See that this one ends with the others."""
        self._aside = [*(running for running in self._aside if running.poll() is None), process]

    def _end_aside(self) -> None:
        for process in self._aside:
            process.kill()
            process.wait()

    def tracebacks(self) -> list[str]:
        """Each that stands in the logs of Hubbub's processes, in short."""
        found = []
        for name in self.parts:
            text = (self.folder / f"{name}.log").read_text(errors="replace")
            found += [
                f"{name}: {_end_of(part)}" for part in text.split("Traceback (most recent call last)")[1:]
            ]
        return found

    def last_words(self, lines: int = 15) -> str:
        said = {path.stem: path.read_text(errors="replace") for path in sorted(self.folder.glob("*.log"))}
        return "\n".join(
            f"--- {name}\n" + "\n".join(text.splitlines()[-lines:]) for name, text in said.items()
        )

    def _web(self, name: str, command: Sequence[str]) -> Part:
        port = free_port()
        self.fronts.append(f"http://127.0.0.1:{port}")
        self.wires["readers"].append(self.exchange.connect(port))
        wires = {service.name: self.exchange.connect(service.port) for service in self.services.values()}
        for target, wire in wires.items():
            self.wires[target].append(wire)
        urls = {
            "database_url": _through(self.postgres, wires["postgres"]),
            "redis_url": _through(self.valkey, wires["valkey"]),
        }
        return self._part(name, command, {"port": port, **urls})

    def _part(self, name: str, command: Sequence[str], settings: dict[str, object]) -> Part:
        shown = self.clocks[name].shown_to([sys.executable, *command])
        part = Part(name, shown, self.environment(**settings), self.folder / f"{name}.log")
        self._stack.callback(part.kill)
        return part

    def _clock(self, name: str) -> Clock:
        return Clock(self.folder, name)

    def _kept(self, service: Service) -> Service:
        self._stack.callback(service.stop)
        return service


def _variables(settings: Mapping[str, object]) -> dict[str, str]:
    return {variable(field): str(value) for field, value in settings.items()}


def _end_of(traceback: str) -> str:
    """What was raised, and where."""
    lines = traceback.splitlines()[1:]
    said = next((number for number, line in enumerate(lines) if line and not line.startswith(" ")), 0)
    places = [line.strip().removeprefix("File ") for line in lines[:said] if line.startswith("  File ")]
    return f"{lines[said][:200]} ({', '.join(places[-2:])})"


def _through(service: Service, wire: Wire) -> str:
    return service.url.replace(f":{service.port}/", f":{wire.port}/")


def _is_ready(front: str) -> bool:
    try:
        return httpx.get(f"{front}/health/ready", timeout=2, trust_env=False).status_code == 200
    except httpx.TransportError:
        return False
