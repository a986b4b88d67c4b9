"""Workers killed and stopped, Redis emptied, in the middle of many jobs: all are done, and each effect is counted."""

import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from app.accounts.jobs import send_welcome
from app.bundled import valkey
from app.database.engine import DB, Engine
from app.database.redis import connect
from app.database.transaction import transaction
from app.jobs import queue
from app.jobs.queue import PatientQueue, Queues
from app.jobs.urgency import QUEUES
from app.worker import HANDS
from tests.cast import Cast
from tests.jobs.storm_worker import sit, tally_aside, tally_in_change
from tests.waiting import eventually
from tests.working import Worker

# Half of them change the database, half reach out. STORM=10000 for as many as somebody has patience for.
MANY = int(os.environ.get("STORM", "1000"))
AT_ONCE = 500
PATIENCE = 60 + MANY / 20

# A job of the storm takes milliseconds: a claim of five seconds has lost its worker, or has a busy machine.
_PASS_TIME = """
UPDATE outbox SET lease_until = now() - interval '1 ms'
WHERE dead_at IS NULL AND lease_until BETWEEN now() AND now() + interval '25 s' RETURNING id
"""


@pytest.fixture
async def effects(database: Engine, tmp_path: Path) -> AsyncIterator[Path]:
    """The file of one kind of effects; the other kind goes into a table."""
    await DB.fetch("CREATE TABLE storm (id bigint GENERATED ALWAYS AS IDENTITY, number bigint NOT NULL)")
    path = tmp_path / "effects"
    path.touch()
    yield path
    await DB.fetch("DROP TABLE storm")


@pytest.fixture
async def queues(redis_server: valkey.Server) -> AsyncIterator[Queues]:
    opened: Queues = {
        name: PatientQueue(connect(url=redis_server.url), name=f"hubbub:{name}") for name in QUEUES
    }
    yield opened
    await queue.close(opened)


class StormWorker(Worker):
    def __init__(self, effects: Path, redis_url: str) -> None:
        super().__init__(redis_url=redis_url)
        self.command = ("tests.jobs.storm_worker", str(effects))


@pytest.fixture
def workers(effects: Path, redis_server: valkey.Server) -> Iterator[list[Worker]]:
    with ExitStack() as stack:
        started = []
        for _ in range(2):
            worker = StormWorker(effects, redis_server.url)
            stack.callback(worker.close)
            started.append(worker.start())
        yield started


async def enqueue_all(queues: Queues) -> None:
    for start in range(0, MANY, AT_ONCE):
        async with transaction() as change:
            for number in range(start, min(MANY, start + AT_ONCE)):
                await change.enqueue(tally_aside if number % 2 else tally_in_change, number=number)
        for some in queue.shares("usual", change.jobs):
            await queue.enqueue(queues["usual"], some)


async def left() -> int:
    count: int = (await DB.fetch("SELECT count(*) FROM outbox WHERE job LIKE 'tally%'"))[0][0]
    return count


async def until_left(share: float) -> int:
    """How many claims ran out meanwhile: each of those jobs may be done twice, and no other."""
    ran_out = 0

    async def few() -> bool:
        nonlocal ran_out
        ran_out += len(await DB.fetch(_PASS_TIME))
        return await left() <= MANY * share

    await eventually(few, f"only {share:.0%} are left", PATIENCE)
    return ran_out


async def test_hundreds_that_take_for_ever_delay_nobodys_welcome(cast: Cast, workers: list[Worker]) -> None:
    async with transaction() as change:
        for number in range(300):
            await change.enqueue(sit, number=number)

    async def all_hands_sit() -> bool:
        sitting = await DB.fetch("SELECT FROM outbox WHERE job = 'sit' AND lease_until > now()")
        return len(sitting) == len(workers) * HANDS["slow"]

    await eventually(all_hands_sit, "every hand for what is slow is taken")
    async with transaction() as change:
        await change.enqueue(send_welcome, user_id=cast.alice.id)
        await change.enqueue(tally_aside, number=1)

    async def done() -> bool:
        return not await DB.fetch("SELECT FROM outbox WHERE job <> 'sit'")

    await eventually(done, "the others are done")
    assert await DB.fetch("SELECT FROM mails WHERE recipient = $1", cast.alice.email)
    await DB.fetch("DELETE FROM outbox")


async def test_whatever_is_killed_stopped_and_emptied_all_are_done_and_none_is_lost(
    workers: list[Worker], queues: Queues, redis_server: valkey.Server, effects: Path
) -> None:
    first, second = workers
    await enqueue_all(queues)
    ran_out = await until_left(0.85)
    first.kill()
    first.start()

    ran_out += await until_left(0.65)
    redis = connect(url=redis_server.url)
    await redis.flushall()

    ran_out += await until_left(0.5)
    os.kill(second.pid, signal.SIGSTOP)
    ran_out += await until_left(0.3)
    os.kill(second.pid, signal.SIGCONT)

    ran_out += await until_left(0.15)
    for worker in workers:
        worker.kill()
    await redis.flushall()
    await redis.aclose()
    assert await left(), "something is left to be done"
    first.start()
    ran_out += await until_left(0)

    rows = await DB.fetch("SELECT number FROM storm ORDER BY number")
    assert [row["number"] for row in rows] == list(range(0, MANY, 2)), "each once"
    written = Counter(map(int, effects.read_text().split()))  # noqa: ASYNC240  # nothing else runs
    assert written.keys() == set(range(1, MANY, 2)), "each at least once"
    again = written.total() - len(written)
    sys.stderr.write(f"{MANY} jobs: {again} of {ran_out} that might have been were done twice\n")
    assert again <= ran_out, "only what was in hand when a worker went"
    assert await DB.fetch("SELECT FROM outbox WHERE dead_at IS NOT NULL") == []
