"""Hubbub as it runs anywhere: PostgreSQL and Valkey of its own, `hubbub serve`, and the writer beside it."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import msgspec
from redis import Redis

from app.bundled import postgres, valkey
from app.bundled.process import tethered
from bench.machine import BOTH, ONE, OTHER, ROOT, Failed, Process, last_words, move, on

POSTS = 20_000


class Servers:
    """The two servers behind everything that is measured, on the other core."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self.folder = Path(tempfile.mkdtemp(prefix="hubbub-bench-"))
        # Servers that do not run as root must reach into it.
        self.folder.chmod(0o711)
        self._stack.callback(shutil.rmtree, self.folder, ignore_errors=True)
        self._valkey = valkey.start(self.folder)
        self._stack.callback(self._valkey.stop)
        self.redis_url = self._valkey.url
        self._postgres: postgres.Server | None = None

    @property
    def redis_port(self) -> int:
        return self._valkey.port

    @property
    def redis_password(self) -> str:
        return urlsplit(self.redis_url).password or ""

    @property
    def database_url(self) -> str:
        """Of a PostgreSQL that starts when the first one asks."""
        if self._postgres is None:
            self._postgres = postgres.start(self.folder)
            self._stack.callback(self._postgres.stop)
            subprocess.run(
                [sys.executable, "-m", "app.cli", "migrate"], cwd=ROOT, env=self.environment(), check=True
            )
        return self._postgres.url

    @contextmanager
    def on_both_cores(self) -> Iterator[None]:
        """Let them, and whatever is started meanwhile, run where they like."""
        self._move(BOTH)
        try:
            with on(BOTH):
                yield
        finally:
            self._move(OTHER)

    def _move(self, cores: frozenset[int]) -> None:
        self.database_url  # noqa: B018  # starts it
        assert self._postgres is not None
        for server in (self._postgres, self._valkey):
            move(server.pid, cores)

    def redis(self) -> "Redis":
        return Redis.from_url(self.redis_url)

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def environment(self, **more: object) -> dict[str, str]:
        """What Hubbub's processes are told; nothing of it comes from whoever runs the benchmark."""
        assert self._postgres is not None
        kept = {name: text for name, text in os.environ.items() if not name.startswith("HUBBUB_")}
        own = {
            "DATABASE_URL": self._postgres.url, "REDIS_URL": self.redis_url, "HOST": "127.0.0.1",
            "HUBBUB_DATA_DIR": self.folder / "data", "HUBBUB_DEMO": "off", "HUBBUB_SLOW_QUERY_MS": 60_000,
            # All the load comes from one address.
            "HUBBUB_RATE_LIMITS": "off",
        }  # fmt: skip
        return kept | {name: str(value) for name, value in {**own, **more}.items()}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()


def serve(servers: Servers, port: int, cores: frozenset[int] = ONE) -> Process:
    """A `hubbub serve` that answers."""
    servers.database_url  # noqa: B018  # starts it
    command = [sys.executable, "-m", "app.cli", "serve"]
    process = Process(command, servers.log("hubbub"), cores=cores, env=servers.environment(PORT=port))
    try:
        process.wait_for_port(port)
    except BaseException:
        process.stop()
        raise
    return process


class Writer:
    """The process of `bench.writer`. Raises Failed when it ends."""

    def __init__(self, servers: Servers, **settings: object) -> None:
        servers.database_url  # noqa: B018  # starts it
        self._log = servers.log("writer")
        with self._log.open("ab") as words:
            self._popen = subprocess.Popen(
                tethered([sys.executable, "-m", "bench.writer"], signal.SIGKILL), cwd=ROOT,
                env=servers.environment(**settings), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=words,
            )  # fmt: skip
        self.ask(do="seed", posts=POSTS)

    def ask(self, **order: object) -> Any:
        """Give an order; its answer."""
        self.say(**order)
        return self.answer()

    def say(self, **order: object) -> None:
        assert self._popen.stdin is not None
        self._popen.stdin.write(msgspec.json.encode(order) + b"\n")
        self._popen.stdin.flush()

    def answer(self) -> Any:
        assert self._popen.stdout is not None
        line = self._popen.stdout.readline()
        if not line:
            raise Failed(f"the writer ended: {last_words(self._log)}")
        return msgspec.json.decode(line)

    def close(self) -> None:
        self._popen.kill()
        self._popen.communicate()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
