"""Readers of a private channel who are signed out while they read: what they still hear of afterwards."""

import asyncio
from collections.abc import Iterable, Mapping
from time import monotonic

import httpx
import msgspec

from tests.chaos.ledger import Cut
from tests.chaos.reader import Reader
from tests.chaos.track import Finding

REST_SECONDS = 1.5
PROMPT_SECONDS = 1.5
# LIVE.md 4.7, each with a second for the way of what was sent in time.
WITHIN, WITHIN_WHEN_BLIND = 3.0, 13.0
ENDED = {200, 204, 401}

Said = Mapping[tuple[str, int], float]


class Leave(msgspec.Struct):
    """One reader's sign-out: when it was acknowledged, whether nothing else went wrong then, what came at all."""

    who: str
    at: float
    quietly: bool
    heard: dict[tuple[str, int], float]


async def sign_out(reader: Reader, client: httpx.AsyncClient, rest: float, *, quietly: bool) -> Leave:
    """Try until it is acknowledged."""
    await asyncio.sleep(rest)
    asked = monotonic()
    while True:
        try:
            answer = await client.delete(f"{reader.front}/api/v1/session", headers=reader.cookie)
            if answer.status_code in ENDED:
                break
        except (httpx.TransportError, OSError):
            pass
        await asyncio.sleep(0.2)
    reader.signed_out_at = monotonic()
    quietly = quietly and reader.signed_out_at - asked < PROMPT_SECONDS
    return Leave(reader.name, reader.signed_out_at, quietly, reader.heard)


def find_late(leaves: Iterable[Leave], said: Said, cuts: Iterable[Cut]) -> list[Finding]:
    """Whoever was told of what was said too long after they had left. `said`: when each event was sent off."""
    return [
        Finding(
            "told after sign-out", leave.who, "moderation", f"{place}, {said[place] - leave.at:.1f} s after"
        )
        for leave in leaves
        for place in leave.heard
        if place in said
        and said[place] > leave.at + (WITHIN if leave.quietly else WITHIN_WHEN_BLIND)
        # A restore may bring back a session that had ended.
        and not any(cut.copied < leave.at < cut.restored < said[place] for cut in cuts)
    ]
