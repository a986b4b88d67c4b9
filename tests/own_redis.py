"""A Valkey of one test's own, which may be killed, stopped and emptied."""

import os
import signal
from pathlib import Path

from app.bundled import valkey
from app.database.redis import connect


class OwnRedis:
    """Runs from the start; after `kill` it comes back by `start`, on the same port."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._server = valkey.start(folder)
        self.url, self._port = self._server.url, self._server.port

    def start(self) -> None:
        self._server = valkey.start(self._folder, port=self._port)

    def kill(self) -> None:
        os.kill(self._server.pid, signal.SIGKILL)
        self._server.stop()

    def pause(self) -> None:
        """It keeps its connections and says nothing."""
        os.kill(self._server.pid, signal.SIGSTOP)

    def resume(self) -> None:
        os.kill(self._server.pid, signal.SIGCONT)

    async def flush(self) -> None:
        client = connect(url=self.url)
        await client.flushall()
        await client.aclose()

    def close(self) -> None:
        self._server.stop()
