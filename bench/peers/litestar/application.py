"""Litestar's ChannelsPlugin as its documentation shows it, on Redis."""

import os

from litestar import Litestar, WebSocket, websocket
from litestar.channels import ChannelsPlugin
from litestar.channels.backends.redis import RedisChannelsPubSubBackend
from redis.asyncio import Redis

REDIS = Redis.from_url(os.environ["REDIS_URL"])


@websocket("/")
async def comments(socket: WebSocket, channels: ChannelsPlugin) -> None:
    await socket.accept()
    async with (
        channels.start_subscription(["bench"]) as subscriber,
        subscriber.run_in_background(socket.send_text),
    ):
        while (await socket.receive())["type"] != "websocket.disconnect":
            pass


plugin = ChannelsPlugin(channels=["bench"], backend=RedisChannelsPubSubBackend(redis=REDIS))
app = Litestar([comments], plugins=[plugin])
