"""uWebSockets by socketify: its own topic, so that the writing happens in C++."""

import sys

import redis.asyncio
from socketify import App, OpCode

PORT, REDIS_URL, CHANNEL = sys.argv[1:]


async def listen(app):
    subscription = redis.asyncio.Redis.from_url(REDIS_URL).pubsub()
    await subscription.subscribe(CHANNEL)
    async for message in subscription.listen():
        if message["type"] == "message":
            app.publish("comments", message["data"].decode(), OpCode.TEXT)


def main():
    app = App()
    app.ws("/*", {
        "idle_timeout": 120,
        "max_backpressure": 64 * 1024 * 1024,
        "open": lambda ws: ws.subscribe("comments"),
    })  # fmt: skip
    app.listen({"port": int(PORT), "host": "127.0.0.1"}, lambda config: None)
    listening = app.loop.loop.create_task(listen(app))
    listening.add_done_callback(lambda task: print(repr(task.exception()), file=sys.stderr, flush=True))
    app.run()


if __name__ == "__main__":
    main()
