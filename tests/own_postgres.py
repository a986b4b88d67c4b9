"""A PostgreSQL of one test's own, which may be stopped like a machine that hangs."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import asyncpg

from app.bundled import postgres
from app.settings import child_environment
from tests.processes import family
from tests.serving import ROOT


class OwnPostgres:
    """Runs from the start. `pause` stops all its processes: it keeps its connections and says nothing."""

    def __init__(self, folder: Path) -> None:
        self._server = postgres.start(folder)
        self._paused: set[int] = set()
        self.url = self._server.url

    async def migrate(self) -> None:
        code = "import asyncio; from app.database import migrations; asyncio.run(migrations.migrate())"
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", code, cwd=ROOT, env=child_environment(database_url=self.url)
        )
        assert await process.wait() == 0

    async def fetch(self, sql: str, *args: object) -> list[asyncpg.Record]:
        connection = await asyncpg.connect(self.url)
        try:
            return list(await connection.fetch(sql, *args))
        finally:
            await connection.close()

    def pause(self) -> None:
        # The first of them first: it must not replace the others.
        os.kill(self._server.pid, signal.SIGSTOP)
        self._paused = family(self._server.pid)
        for pid in self._paused:
            os.kill(pid, signal.SIGSTOP)

    def resume(self) -> None:
        for pid in self._paused:
            os.kill(pid, signal.SIGCONT)
        self._paused = set()

    def close(self) -> None:
        self.resume()
        self._server.stop()
