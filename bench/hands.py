"""The process that works off jobs which do nothing: `python -m bench.hands plain|outbox COUNT`; seconds as JSON.

`plain` is SAQ as its documentation would have it; `outbox` is the worker of Hubbub, whole. Both have their jobs in
Redis before the clock starts.
"""

import asyncio
import json
import sys
from time import perf_counter
from typing import Any

import uvloop
from saq import Worker
from saq.queue.redis import RedisQueue

from app import worker
from app.database.engine import DB
from app.database.redis import connect
from app.jobs import leases, queue
from app.jobs.performer import aside
from app.telemetry import logs

HANDS = worker.HANDS["usual"]
LOOK_SECONDS = 0.005


class Count:
    """How many jobs were done; `all_done` when as many as were wanted."""

    def __init__(self, wanted: int) -> None:
        self.left = wanted
        self.all_done = asyncio.Event()

    def one_more(self) -> None:
        self.left -= 1
        if not self.left:
            self.all_done.set()


async def work_plain(wanted: int) -> float:
    count, saq = Count(wanted), RedisQueue(connect(), name="plain")

    async def nothing(_context: Any, *, number: int) -> None:
        count.one_more()

    for number in range(wanted):
        await saq.enqueue("nothing", number=number)
    own: Worker[Any] = Worker(saq, functions=[("nothing", nothing)], concurrency=HANDS)
    own.SIGNALS = []  # ours to stop
    started = perf_counter()
    task = asyncio.create_task(own.start())
    await count.all_done.wait()
    seconds = perf_counter() - started
    await own.stop()
    await asyncio.gather(task, return_exceptions=True)
    return seconds


async def work_outbox(wanted: int) -> float:
    count = Count(wanted)

    async def nothing(*, number: int) -> None:
        count.one_more()

    await DB.start(size=2)
    await DB.fetch(
        "INSERT INTO outbox (job, payload) SELECT 'nothing', jsonb_build_object('number', n) "
        "FROM generate_series(1, $1::int) AS n", wanted,
    )  # fmt: skip
    queues = queue.open_queues()
    for some in queue.shares("usual", await leases.due("usual", wanted)):
        await queue.enqueue(queues["usual"], some)
    await queue.close(queues)
    await DB.stop()
    started = perf_counter()
    task = asyncio.create_task(worker.main(aside(nothing), ()))
    await count.all_done.wait()
    # Not before their rows are gone is it over.
    while await DB.fetch("SELECT FROM outbox LIMIT 1"):  # noqa: ASYNC110  # PostgreSQL tells nobody
        await asyncio.sleep(LOOK_SECONDS)
    seconds = perf_counter() - started
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return seconds


WAYS = {"plain": work_plain, "outbox": work_outbox}

if __name__ == "__main__":
    logs.configure()
    took = uvloop.run(WAYS[sys.argv[1]](int(sys.argv[2])))
    sys.stdout.write(json.dumps(took))
