"""The process that writes comments, as a web process would: by the service, through the commit point.

Reads one JSON order a line, answers each with one. Times are nanoseconds of CLOCK_MONOTONIC.
"""

import asyncio
import random
import sys
from time import monotonic, monotonic_ns
from typing import Any

import msgspec
import uvloop

from app.accounts.viewer import Viewer
from app.comments import services, writing
from app.comments.schemas import NewComment
from app.database.engine import DB
from app.database.redis import connect
from app.database.transaction import commit_statement
from app.live import broker, channels, log

# A remark of usual length: 60 letters.
BODY = "It rained all morning, and then the sun came out at last. Ok"

_SEED = """
WITH person AS (
    INSERT INTO users (username, email, password) SELECT $2::text, $2::text || '@example.org', ''
    ON CONFLICT DO NOTHING RETURNING id
), profile AS (
    INSERT INTO profiles ("user", display_name) SELECT id, initcap($2::text) FROM person
), post AS (
    INSERT INTO posts (author, title, body, body_html, excerpt)
    SELECT (SELECT id FROM person), 'A title', 'Words', '<p>Words</p>', 'Words' FROM generate_series(1, $1)
    RETURNING id
)
INSERT INTO channels (name) SELECT 'post:' || id FROM post
"""

_FIND = "SELECT id FROM users WHERE username = 'wanda'"


class Order(msgspec.Struct, frozen=True):
    """What to do, and how much of it.

    `comments`: one after the other at a rate; `bursts`: of comments that are committed together; `storm`:
    `clients` who each write one after the other, for `seconds`; `statement`: tell the one that writes a
    comment; `tip`: where the channel of `post` stands; `seed`: make posts. Comments go to `posts` posts, from
    `post` on.
    """

    do: str
    count: int = 1
    rate: float = 1.0
    times: int = 1
    gap: float = 0.0
    posts: int = 1
    post: int = 1
    clients: int = 1
    seconds: float = 1.0


class Writer:
    """Alone in its process, as it puts itself between the service and the commit point."""

    def __init__(self) -> None:
        self.viewer = Viewer()
        self.committed = 0
        self._held: list[log.Message] | None = None
        self._commit = commit_statement
        # Only here, to hold bursts back: what it does otherwise stays as it is.
        setattr(writing, commit_statement.__name__, self._commit_or_hold)
        # The statement has been answered: that is COMMIT's return, as it commits by itself.
        DB.listeners.append(self._note)

    async def obey(self, order: Order) -> object:
        match order.do:
            case "seed":
                await self._seed(order.posts)
                return {}
            case "comments":
                return await self._comments(order)
            case "bursts":
                return await self._bursts(order)
            case "storm":
                return await self._storm(order)
            case "statement":
                return await self._statement(order.post)
            case "tip":
                return await self._tip(order.post)
        raise ValueError(order.do)

    async def _seed(self, posts: int) -> None:
        if not await DB.fetch(_FIND):
            await DB.fetch(_SEED, posts, "wanda")
            await DB.fetch("ANALYZE")
        (person,) = await DB.fetch(_FIND)
        self.viewer = Viewer(id=person["id"], username="wanda", name="Wanda", role="member")

    async def _comments(self, order: Order) -> list[int]:
        began, times = monotonic(), []
        for number in range(order.count):
            await asyncio.sleep(max(0.0, began + number / order.rate - monotonic()))
            await self._comment(order.post + number % order.posts)
            times.append(self.committed)
        return times

    async def _bursts(self, order: Order) -> list[int]:
        redis, times = connect(), []
        for _ in range(order.times):
            pipe = redis.pipeline(transaction=False)
            for message in await self._write_at_once(order.post, order.count):
                pipe.publish(broker.PREFIX + message.channel, broker.pack(message))
            times += [monotonic_ns()] * order.count
            await pipe.execute()
            await asyncio.sleep(order.gap)
        await redis.aclose()
        return times

    async def _storm(self, order: Order) -> object:
        began = monotonic()
        until = began + order.seconds

        async def write() -> int:
            count = 0
            while monotonic() < until:
                await self._comment(order.post + random.randrange(order.posts))  # noqa: S311  # no secret
                count += 1
            return count

        counts = await asyncio.gather(*(write() for _ in range(order.clients)))
        return {"count": sum(counts), "seconds": monotonic() - began}

    async def _statement(self, post: int) -> object:
        seen: list[Any] = []

        async def look(sql: str, *args: object) -> list[Any]:
            seen[:] = [sql, ["\\x" + arg.hex() if isinstance(arg, bytes) else arg for arg in args]]
            return await self._commit(sql, *args)

        setattr(writing, commit_statement.__name__, look)
        await self._comment(post)
        setattr(writing, commit_statement.__name__, self._commit_or_hold)
        return seen

    async def _write_at_once(self, post: int, count: int) -> list[log.Message]:
        """Many comments of one transaction: no look at the tips sees some of them."""
        self._held = []
        try:
            async with DB.transaction():
                for _ in range(count):
                    await self._comment(post)
            return self._held
        finally:
            self._held = None

    async def _comment(self, post: int) -> None:
        await services.post_comment(self.viewer, post, NewComment(body=BODY))

    async def _commit_or_hold(self, sql: str, *args: object) -> list[Any]:
        if self._held is None:
            return await self._commit(sql, *args)
        rows = await DB.fetch(sql, *args)
        self._held += [log.message(row) for row in rows]
        return rows

    async def _tip(self, post: int) -> object:
        history = await log.read(channels.post(post), 0, 0)
        return None if history is None else {"epoch": history.epoch, "seq": history.tip}

    def _note(self, _sql: str) -> None:
        self.committed = monotonic_ns()


async def main() -> None:
    """Obey until stdin ends."""
    await DB.start()
    courier = asyncio.create_task(broker.publisher.run())
    writer = Writer()
    while line := await asyncio.to_thread(sys.stdin.readline):
        answer = await writer.obey(msgspec.json.decode(line, type=Order))
        sys.stdout.write(msgspec.json.encode(answer).decode() + "\n")
        sys.stdout.flush()
    courier.cancel()
    await DB.stop()


if __name__ == "__main__":
    uvloop.run(main())
