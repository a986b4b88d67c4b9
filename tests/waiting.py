"""Waiting for conditions, never for durations."""

import asyncio
from collections.abc import Callable
from inspect import isawaitable
from time import monotonic
from typing import Any

PATIENCE = 15.0
POLL = 0.02


async def eventually(look: Callable[[], Any], what: str, patience: float = PATIENCE) -> Any:
    """The first true answer of `look`, asked again and again; fails when it stays false too long."""
    until = monotonic() + patience
    while True:
        looked = look()
        answer = await looked if isawaitable(looked) else looked
        if answer:
            return answer
        if monotonic() > until:
            raise AssertionError(f"Waited {patience:g} s in vain: {what}")
        await asyncio.sleep(POLL)
