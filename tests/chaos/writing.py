"""The process of the writers, and of one who writes to the moderators' channel without telling anybody."""

import asyncio
from time import monotonic
from typing import Any

import asyncpg
import httpx

from tests.chaos.ledger import Cut, Ledger, Thing
from tests.chaos.scene import Scene
from tests.chaos.sql_faults import AWAY
from tests.chaos.troupe import Line
from tests.chaos.writer import ANSWER_SECONDS, Writer

# As by a process that was killed after its commit: nobody hears of it by Redis.
_SAY = """
WITH channel AS (UPDATE channels SET seq = seq + 1 WHERE name = 'moderation' RETURNING name, seq)
INSERT INTO events (channel, seq, kind, subject, data)
SELECT name, seq, 'flag.created', 'flag:' || seq, jsonb_build_object('id', seq) FROM channel
RETURNING hubbub_epoch() AS epoch, seq
"""
MODERATION_PAUSE = 0.3


async def play(line: Line, scene: Scene) -> None:
    """`freeze`, `thaw` around a restore, and at the end `stop`, which answers with all that was done."""
    async with httpx.AsyncClient(timeout=ANSWER_SECONDS, trust_env=False) as client:
        writing = Writing(scene, client)
        writing.start()
        while (told := await line.hear())[0] != "stop":
            if told[0] == "freeze":
                await writing.stop()
            else:
                writing.thaw(Cut(*told[1:]))
            line.answer()
        await writing.stop()
        line.answer((writing.ledger, writing.said))
        await line.hear()


class Writing:
    """All writers; `said` has for each event on `moderation`, by epoch and seq, when it was sent."""

    def __init__(self, scene: Scene, client: httpx.AsyncClient) -> None:
        self.ledger = Ledger()
        self.said: dict[tuple[str, int], float] = {}
        self._url = scene.database_url
        self._pool: list[Thing] = []
        count = len(scene.guests.writers)
        self._writers = [Writer(scene, number, client, self.ledger, self._pool) for number in range(count)]
        self._tasks: list[asyncio.Task[Any]] = []

    def start(self) -> None:
        works = [writer.write() for writer in self._writers]
        self._tasks = [asyncio.create_task(work) for work in (*works, self._say())]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        for end in await asyncio.gather(*self._tasks, return_exceptions=True):
            if isinstance(end, Exception):
                raise end

    def thaw(self, cut: Cut) -> None:
        self.ledger.cuts.append(cut)
        self._pool.clear()
        for writer in self._writers:
            writer.forget(cut.copied)
        self.start()

    async def _say(self) -> None:
        while True:
            try:
                connection = await asyncpg.connect(self._url, timeout=5)
                try:
                    while True:
                        sent = monotonic()
                        row = await connection.fetchrow(_SAY, timeout=5)
                        self.said[row["epoch"], row["seq"]] = sent
                        await asyncio.sleep(MODERATION_PAUSE)
                finally:
                    connection.terminate()
            except AWAY:
                await asyncio.sleep(MODERATION_PAUSE)
