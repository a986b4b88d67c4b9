"""Counting in Redis: one script, one round trip, for all processes together."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from time import monotonic

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from app.database.redis import connect
from app.web.limits.ring import Ring, Standing, Verdict

log = structlog.get_logger("hubbub.limits")

SCRIPT = (Path(__file__).parent / "gcra.lua").read_text()
ANSWER_SECONDS = 0.25
BREAKER_SECONDS = 1.0
# More at once wait for each other rather than for more connections.
CONNECTIONS = 32
UNREACHABLE = (RedisError, OSError, TimeoutError)


class Shared:
    """None for an answer means: ask somebody else, Redis is away."""

    def __init__(self, url: str = "") -> None:
        self._redis: Redis = connect(read_timeout=ANSWER_SECONDS, url=url)
        self._script = self._redis.register_script(SCRIPT)
        self._room = asyncio.Semaphore(CONNECTIONS)
        self._shut_until = 0.0

    async def take(self, rings: Sequence[Ring]) -> Verdict | None:
        return await self._change(rings, 1)

    async def give_back(self, rings: Sequence[Ring]) -> Verdict | None:
        return await self._change(rings, -1)

    async def close(self) -> None:
        await self._redis.aclose()

    async def _change(self, rings: Sequence[Ring], sign: int) -> Verdict | None:
        if monotonic() < self._shut_until:
            return None
        if self._shut_until:
            # One tries whether it is back; the others need not wait for what comes of it.
            self._shut_until = monotonic() + BREAKER_SECONDS
        costs = [number for ring in rings for number in (ring.rate.period, sign * ring.rate.interval)]
        try:
            async with asyncio.timeout(ANSWER_SECONDS), self._room:
                debts = await self._script(keys=[ring.place for ring in rings], args=costs)
        except UNREACHABLE as error:
            await self._open_breaker(error)
            return None
        self._shut_until = 0.0
        return Verdict([Standing(ring, int(debt)) for ring, debt in zip(rings, debts, strict=True)])

    async def _open_breaker(self, error: Exception) -> None:
        if not self._shut_until:
            log.warning("limits_in_process", error=str(error) or type(error).__name__)
        self._shut_until = monotonic() + BREAKER_SECONDS
        with suppress(*UNREACHABLE):
            await self._redis.connection_pool.disconnect()
