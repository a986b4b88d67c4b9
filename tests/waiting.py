"""Waiting for conditions, never for durations."""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import TypeVar

T = TypeVar("T")

PATIENCE = 15.0
POLL = 0.02


async def eventually(look: Callable[[], T | Awaitable[T]], what: str, patience: float = PATIENCE) -> T:
    """The first true answer of `look`, asked again and again; fails when it stays false too long."""
    until = monotonic() + patience
    while True:
        answer = look()
        if isinstance(answer, Awaitable):
            answer = await answer
        if answer:
            return answer
        if monotonic() > until:
            raise AssertionError(f"Waited {patience:g} s in vain: {what}")
        await asyncio.sleep(POLL)
