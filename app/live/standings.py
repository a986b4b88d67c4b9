"""Where channels stand and who may read them, asked for by many readers at once with few statements."""

import asyncio
from collections.abc import Collection
from typing import Any

import msgspec

from app.database.engine import DB
from app.live.log import Stand

_STANDINGS = """
SELECT channels.name, channels.seq AS tip, channels.floor, (SELECT hubbub_epoch()) AS epoch,
    posts.id AS post, posts.author, posts.removed_at IS NOT NULL AS removed
FROM channels LEFT JOIN posts
    ON posts.id = CASE WHEN starts_with(name, 'post:') THEN substr(name, 6)::bigint END
WHERE name = ANY($1::text[])
"""


class Standing(Stand, frozen=True):
    """A channel and, where it is a post's, what decides who may read it; all from one snapshot."""

    post: int | None
    author: int | None
    removed: bool


class _Round:
    """Those who asked while the round before was being read."""

    def __init__(self) -> None:
        self.channels: set[str] = set()
        self.task: asyncio.Task[dict[str, Standing]] | None = None


class Standings:
    """What a round tells was read after everybody in it had asked: a later revocation reaches them as such."""

    def __init__(self) -> None:
        self._next = _Round()
        self._reading = asyncio.Lock()

    async def of(self, channel: str) -> Standing | None:
        """None when there is no such channel. Raises what PostgreSQL raises when it does not answer."""
        turn = self._next
        turn.channels.add(channel)
        if turn.task is None:
            turn.task = asyncio.create_task(self._read(turn))
        # One who leaves must not take the answer from the others.
        found = await asyncio.shield(turn.task)
        return found.get(channel)

    async def read(self, channels: Collection[str]) -> dict[str, Standing]:
        """Where these channels stand, those that there are; in one statement, and none for none."""
        rows = await DB.fetch(_STANDINGS, list(channels)) if channels else []
        return {row["name"]: _standing(row) for row in rows}

    async def _read(self, turn: _Round) -> dict[str, Standing]:
        async with self._reading:
            self._next = _Round()
            return await self.read(turn.channels)


def _standing(row: Any) -> Standing:
    fields = {name: row[name] for name in Standing.__struct_fields__}
    return msgspec.convert(fields, Standing)


standings = Standings()
