"""When to count: soon after somebody reacted here, and every second for what another process left."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from app.database.unavailable import UNAVAILABLE

log = structlog.get_logger("hubbub.reactions")

GATHER_SECONDS = 0.1
SWEEP_SECONDS = 1.0


class Flusher:
    """Many reactions within a tenth of a second become one event."""

    def __init__(self) -> None:
        self._wake = asyncio.Event()

    def wake(self) -> None:
        self._wake.set()

    async def run(self, flush: Callable[[], Awaitable[None]]) -> None:
        while True:
            await self._next()
            try:
                await flush()
            except UNAVAILABLE as error:
                log.warning("flush_failed", error=str(error) or type(error).__name__)
            except Exception:
                # Else nothing would be counted any more in this process, and nobody would know.
                log.exception("flush_failed")

    async def _next(self) -> None:
        try:
            async with asyncio.timeout(SWEEP_SECONDS):
                await self._wake.wait()
        except TimeoutError:
            return
        await asyncio.sleep(GATHER_SECONDS)
        self._wake.clear()


flusher = Flusher()
