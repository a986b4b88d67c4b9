"""Whether one may ask once more: Redis says it, and this process alone while Redis is away."""

from collections.abc import Sequence
from functools import cache

from prometheus_client import Counter

from app.settings import settings
from app.web.limits.memory import Memory
from app.web.limits.redis import Shared
from app.web.limits.ring import Ring, Verdict
from app.web.limits.rings import RATES

LIMITED = Counter(
    "hubbub_rate_limited", "What was refused as too much, by the ring that refused it.", ["ring"]
)
for _name in RATES:
    LIMITED.labels(_name)


class Limiter:
    def __init__(self, url: str = "") -> None:
        self._shared = Shared(url)
        self._memory = Memory()

    async def take(self, rings: Sequence[Ring]) -> Verdict:
        """Count one in all these rings, or in none of them if one refuses it."""
        verdict = await self._shared.take(rings)
        if verdict is None:
            verdict = self._memory.take(rings)
        else:
            self._memory.learn(verdict)
        if verdict.refused:
            LIMITED.labels(verdict.tightest.ring.name).inc()
        return verdict

    async def give_back(self, rings: Sequence[Ring]) -> None:
        """Take back what was counted by `take`."""
        await self._shared.give_back(rings)
        self._memory.give_back(rings)

    async def close(self) -> None:
        await self._shared.close()


@cache
def _limiter() -> Limiter:
    return Limiter()


async def take(rings: Sequence[Ring]) -> Verdict | None:
    """What became of one more in these rings; None when nothing limits it."""
    if settings.rate_limits == "off" or not rings:
        return None
    return await _limiter().take(rings)


async def give_back(rings: Sequence[Ring]) -> None:
    if settings.rate_limits == "on" and rings:
        await _limiter().give_back(rings)


async def close() -> None:
    """Let go of Redis; whoever asks next begins anew."""
    await _limiter().close()
    _limiter.cache_clear()
