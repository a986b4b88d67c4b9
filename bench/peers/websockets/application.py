"""websockets' own `broadcast`, on uvloop, without compression."""

import sys

import redis.asyncio
import uvloop
from websockets.asyncio.server import broadcast, serve

READERS = set()


async def hold(connection):
    READERS.add(connection)
    try:
        await connection.wait_closed()
    finally:
        READERS.discard(connection)


async def main(port, redis_url, channel):
    subscription = redis.asyncio.Redis.from_url(redis_url).pubsub()
    await subscription.subscribe(channel)
    async with serve(hold, "127.0.0.1", int(port), compression=None, backlog=1024):
        async for message in subscription.listen():
            if message["type"] == "message":
                broadcast(READERS, message["data"].decode())


if __name__ == "__main__":
    uvloop.run(main(*sys.argv[1:]))
