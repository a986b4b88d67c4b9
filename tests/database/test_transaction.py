"""The commit point: what is said and done leaves after COMMIT, or not at all."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import msgspec
import pytest
from piccolo.engine.exceptions import TransactionError
from redis.asyncio import Redis

from app.database.engine import DB, Engine
from app.database.redis import connect
from app.database.transaction import commit_statement, retried, transaction
from app.jobs import queue
from app.live import broker, log
from tests.waiting import eventually

REFUSE_AT_COMMIT = """
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'not this one'; END $$;
CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON events
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse();
"""


class Said(log.Event, frozen=True):
    """An event of the tests' own."""

    kind = "post.created"
    words: str

    @property
    def channels(self) -> tuple[str, ...]:
        return ("posts",)

    @property
    def subject(self) -> str:
        return "post:1"

    @property
    def data(self) -> object:
        return {"words": self.words}


async def some_job(number: int) -> None:
    """Never run here: only its name is looked at."""


async def say(words: str) -> None:
    async with transaction() as change:
        await change.advance("posts")
        await change.record(Said(words))
        await change.enqueue(some_job, number=1)


class Ear:
    """Hears all that is published, on a connection of its own."""

    def __init__(self, redis: Redis) -> None:
        self.redis = redis
        self.pubsub = redis.pubsub(ignore_subscribe_messages=True)

    async def heard(self) -> list[str]:
        """The words of all events that were published before now."""
        await self.redis.publish("hubbub:end", "end")
        words: list[str] = []
        async for message in self.pubsub.listen():
            if message["data"] == b"end":
                break
            frame = broker.unpack("posts", message["data"]).frame
            words.append(msgspec.json.decode(frame)["data"]["words"])
        return words


@pytest.fixture
async def ear(database: Engine) -> AsyncIterator[Ear]:
    redis = connect()
    await redis.flushdb()
    tasks = [asyncio.create_task(broker.publisher.run()), asyncio.create_task(queue.pusher.run())]
    listening = Ear(redis)
    await listening.pubsub.psubscribe("hubbub:*")
    yield listening
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await listening.pubsub.aclose()
    await redis.aclose()


async def queued() -> int:
    queues = queue.open_queues()
    try:
        return sum([await waiting.count("queued") for waiting in queues.values()])
    finally:
        await queue.close(queues)


async def rows_of(table: str) -> int:
    count: int = (await DB.fetch(f"SELECT count(*) FROM {table}"))[0][0]
    return count


@pytest.fixture
async def fragile(database: Engine) -> AsyncIterator[None]:
    async with database.transaction():
        await database.execute(REFUSE_AT_COMMIT)
    yield
    async with database.transaction():
        await database.execute("DROP FUNCTION refuse CASCADE")


async def test_nothing_leaves_before_the_commit(ear: Ear) -> None:
    async with transaction() as change:
        await change.advance("posts")
        await change.record(Said("early"))
        await change.enqueue(some_job, number=1)
        assert await asyncio.create_task(ear.heard()) == []
        assert await queued() == 0
    assert await eventually(ear.heard, "what was committed is said") == ["early"]
    await eventually(queued, "the job is in the queue")


async def test_a_rollback_says_and_does_nothing(ear: Ear) -> None:
    with pytest.raises(RuntimeError, match="changed my mind"):  # noqa: PT012  # the block is what fails
        async with transaction() as change:
            await change.advance("posts")
            await change.record(Said("unsaid"))
            await change.enqueue(some_job, number=1)
            assert await rows_of("outbox") == 1
            raise RuntimeError("changed my mind")
    await nothing_but_this(ear)


async def test_a_failed_commit_says_and_does_nothing(ear: Ear, fragile: None) -> None:
    with pytest.raises(asyncpg.RaiseError):
        await say("unsaid")
    await DB.fetch("DROP TRIGGER at_commit ON events")
    await nothing_but_this(ear)


async def test_a_single_statement_that_fails_says_nothing(ear: Ear, fragile: None) -> None:
    with pytest.raises(asyncpg.RaiseError):
        await commit_statement(STATEMENT, "unsaid")
    await DB.fetch("DROP TRIGGER at_commit ON events")
    rows = await commit_statement(STATEMENT, "said")
    assert len(rows) == 1
    assert await eventually(ear.heard, "what was committed is said") == ["said"]


async def nothing_but_this(ear: Ear) -> None:
    """What was rolled back is nowhere; what comes after it is heard, so the ear works."""
    assert await rows_of("events") == 0
    assert await rows_of("outbox") == 0
    await say("said")
    assert await eventually(ear.heard, "what was committed is said") == ["said"]
    assert await eventually(queued, "the job is in the queue") == 1
    assert await rows_of("outbox") == 1


STATEMENT = """
WITH channel AS (UPDATE channels SET seq = seq + 1 WHERE name = 'posts' RETURNING name, seq), event AS (
    INSERT INTO events (channel, seq, kind, subject, data)
    SELECT name, seq, 'post.created', 'post:1', jsonb_build_object('words', $1::text) FROM channel
    RETURNING channel, seq, kind, created_at, data
)
SELECT channel, seq, kind, hubbub_time(created_at) AS at, data::text AS data, hubbub_epoch() AS epoch FROM event
"""


async def test_an_event_and_a_job_are_written_with_the_change(database: Engine) -> None:
    before = (await database.fetch("SELECT seq FROM channels WHERE name = 'posts'"))[0][0]
    async with transaction() as change:
        seqs = await change.advance("posts")
        await change.record(Said("hello"))
        await change.enqueue(some_job, number=1)
        assert await asyncio.create_task(_seen_outside("events")) == 0
        assert await asyncio.create_task(_seen_outside("outbox")) == 0
    assert seqs == {"posts": before + 1}
    rows = await database.fetch("SELECT channel, seq, data::text AS data FROM events")
    assert [tuple(row) for row in rows] == [("posts", before + 1, '{"words": "hello"}')]
    job = await database.fetch("SELECT job, payload::text AS payload FROM outbox")
    assert [tuple(row) for row in job] == [("some_job", '{"number": 1}')]


async def _seen_outside(table: str) -> int:
    DB.current_transaction.set(None)
    return await rows_of(table)


async def test_changes_cannot_be_nested(database: Engine) -> None:
    async with transaction():
        with pytest.raises(TransactionError):
            await say("nested")
        with pytest.raises(RuntimeError):
            await commit_statement(STATEMENT, "nested")


async def test_a_change_advances_its_channels_once(database: Engine) -> None:
    with pytest.raises(RuntimeError):  # noqa: PT012  # the block is what fails
        async with transaction() as change:
            await change.advance("posts")
            await change.advance("moderation")


async def test_at_most_a_hundred_channels_are_advanced(database: Engine) -> None:
    async with transaction() as change:
        with pytest.raises(RuntimeError):
            await change.advance(*(f"post:{number}" for number in range(101)))


async def test_redis_away_fails_no_change(database: Engine) -> None:
    """Without a publisher, as without Redis, what was committed stays committed."""
    await say("anyway")
    assert await rows_of("events") == 1
    assert await rows_of("outbox") == 1


async def test_a_deadlock_is_tried_again(database: Engine) -> None:
    """Two changes that take two rows in opposite order: PostgreSQL gives one up, and both succeed."""
    await database.fetch("INSERT INTO channels (name) VALUES ('post:1'), ('post:2')")
    meeting, tries = asyncio.Barrier(2), []

    @retried
    async def take(first: str, second: str) -> None:
        tries.append(first)
        async with transaction():
            await DB.fetch("UPDATE channels SET seq = seq + 1 WHERE name = $1", first)
            if len(tries) <= 2:
                await meeting.wait()
            await DB.fetch("UPDATE channels SET seq = seq + 1 WHERE name = $1", second)

    await asyncio.gather(take("post:1", "post:2"), take("post:2", "post:1"))
    assert len(tries) == 3
    rows = await database.fetch("SELECT seq FROM channels WHERE name LIKE 'post:%'")
    assert [row["seq"] for row in rows] == [2, 2]


async def test_channels_are_locked_in_one_order_whatever_order_is_asked_for(database: Engine) -> None:
    """LIVE.md 3.2: without it, these changes would deadlock."""
    names = [f"post:{number}" for number in range(1, 9)]
    await database.fetch("INSERT INTO channels (name) SELECT unnest($1::text[])", names)
    before = await _deadlocks()

    async def advance(order: list[str]) -> None:
        async with transaction() as change:
            await change.advance(*order)

    await asyncio.gather(*(advance(names if turn % 2 else names[::-1]) for turn in range(40)))
    rows = await database.fetch("SELECT seq FROM channels WHERE name LIKE 'post:%'")
    assert {row["seq"] for row in rows} == {40}
    assert await _deadlocks() == before


async def _deadlocks() -> int:
    sql = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    count: int = (await DB.fetch(sql))[0][0]
    return count
