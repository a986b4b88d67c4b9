"""The Redis side of fan-out: publishing off the request's path, and one supervised subscription.

Nothing here is needed for completeness: whatever Redis loses, the hub finds in PostgreSQL (LIVE.md 4.4).
"""

import asyncio
import random
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from time import monotonic, time
from typing import Any

import structlog
from msgspec.structs import replace
from redis.asyncio import Redis
from redis.exceptions import RedisError

from app.database.redis import connect
from app.live.log import Message

log = structlog.get_logger("hubbub.broker")

PREFIX = "hubbub:"
PUBLISH_SECONDS = 0.25
GATHER_SECONDS = 0.005
BREAKER_SECONDS = 1.0
SILENCE_SECONDS = 1.0
BATCH = 200
# No event has these as its `seq`: a frame for readers that may be lost, and Counts for the hub.
WHISPER, COUNTS = 0, -1
BACKLOG = 10_000
UNREACHABLE = (RedisError, OSError, TimeoutError)


class Publisher:
    """Sends committed events to Redis in the background; gives up quickly, and then pauses."""

    def __init__(self) -> None:
        # What falls out at the far end is found by the tips.
        self._waiting: deque[Message] = deque(maxlen=BACKLOG)
        self._wake = asyncio.Event()
        self._shut_until = 0.0

    def publish(self, messages: Iterable[Message]) -> None:
        if monotonic() >= self._shut_until:
            now = time()
            self._waiting.extend(replace(message, committed=now) for message in messages)
            self._wake.set()

    async def run(self) -> None:
        redis = connect()
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                while self._waiting:
                    await self._send(redis)
                    # Where many write, those of this while go together; one alone has not waited.
                    await asyncio.sleep(GATHER_SECONDS)
        finally:
            await redis.aclose()

    async def _send(self, redis: Redis) -> None:
        batch = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
        try:
            async with asyncio.timeout(PUBLISH_SECONDS):
                pipe = redis.pipeline(transaction=False)
                for message in batch:
                    pipe.publish(PREFIX + message.channel, pack(message))
                await pipe.execute()
        except Exception as error:  # noqa: BLE001  # a publisher that ends is missed by nobody
            await self._open_breaker(redis, error)

    async def _open_breaker(self, redis: Redis, error: Exception) -> None:
        # Readers are not waiting for these: the hubs see in PostgreSQL that the channels moved.
        self._shut_until = monotonic() + BREAKER_SECONDS
        self._waiting.clear()
        log.warning("publish_failed", error=str(error) or type(error).__name__)
        with suppress(*UNREACHABLE):
            await redis.connection_pool.disconnect()


class Listener:
    """One connection that hears the channels this process has readers for, and comes back by itself."""

    def __init__(self, on_message: Callable[[Message], None], on_connected: Callable[[], None]) -> None:
        self._on_message = on_message
        self._on_connected = on_connected
        self._wanted: set[str] = set()
        self._asked: set[str] = set()
        self._confirmed: dict[str, asyncio.Event] = {}
        self._lock = asyncio.Lock()
        self._pubsub: Any = None

    @property
    def connected(self) -> bool:
        return self._pubsub is not None

    async def subscribe(self, channel: str) -> None:
        """Return when Redis has confirmed, or at once while it is away: the tips cover for it."""
        self._wanted.add(channel)
        if self._pubsub is None:
            return
        with suppress(*UNREACHABLE):
            async with asyncio.timeout(PUBLISH_SECONDS):
                await self._reconcile(self._pubsub)
                await self._confirmed.setdefault(channel, asyncio.Event()).wait()

    async def unsubscribe(self, channel: str) -> None:
        self._wanted.discard(channel)
        if self._pubsub is not None:
            with suppress(*UNREACHABLE):
                async with asyncio.timeout(PUBLISH_SECONDS):
                    await self._reconcile(self._pubsub)

    async def run(self) -> None:
        failures = 0
        while True:
            try:
                await self._listen()
            except UNREACHABLE as error:
                failures = 0 if self.connected else failures + 1
                log.warning("redis_lost", error=str(error) or type(error).__name__)
            except Exception:
                # Say, a message that is none of ours: it must not leave us deaf for good.
                failures += 1
                log.exception("redis_lost")
            finally:
                self._pubsub = None
            await asyncio.sleep(random.uniform(0.05, min(2.0, 0.1 * 2**failures)))  # noqa: S311  # spreading

    async def _listen(self) -> None:
        redis = connect()
        pubsub = redis.pubsub()
        try:
            async with asyncio.timeout(2):
                await pubsub.subscribe(PREFIX)
                self._asked, self._confirmed = set(), {}
                await self._reconcile(pubsub)
            self._pubsub = pubsub
            self._on_connected()
            await self._read(pubsub)
        finally:
            with suppress(*UNREACHABLE):
                await pubsub.aclose()
            with suppress(*UNREACHABLE):
                await redis.aclose()

    async def _reconcile(self, pubsub: Any) -> None:
        # One at a time, or an UNSUBSCRIBE might overtake the SUBSCRIBE of the next reader.
        async with self._lock:
            gone, new = self._asked - self._wanted, self._wanted - self._asked
            if gone:
                self._asked -= gone
                for channel in gone:
                    self._confirmed.pop(channel, None)
                await pubsub.unsubscribe(*(PREFIX + channel for channel in gone))
            if new:
                self._asked |= new
                await pubsub.subscribe(*(PREFIX + channel for channel in new))

    async def _read(self, pubsub: Any) -> None:
        asked = False
        while True:
            raw = await pubsub.get_message(timeout=SILENCE_SECONDS)
            if raw is not None:
                asked = False
                self._hear(raw)
            elif asked:
                raise TimeoutError("Redis does not answer.")
            else:
                # A stopped Redis keeps its connections open and says nothing.
                asked = True
                async with asyncio.timeout(PUBLISH_SECONDS):
                    await self._reconcile(pubsub)
                    await pubsub.ping()

    def _hear(self, raw: dict[str, Any]) -> None:
        if raw["type"] == "pong":
            return
        channel = raw["channel"].decode().removeprefix(PREFIX)
        if raw["type"] == "message":
            self._on_message(unpack(channel, raw["data"]))
        elif raw["type"] == "subscribe":
            self._confirmed.setdefault(channel, asyncio.Event()).set()


def pack(message: Message) -> bytes:
    return f"{message.epoch} {message.seq} {message.committed:.4f} ".encode() + message.frame


def unpack(channel: str, payload: bytes) -> Message:
    epoch, seq, committed, frame = payload.split(b" ", 3)
    return Message(channel, epoch.decode(), int(seq), frame, float(committed))


publisher = Publisher()


def publish(messages: Iterable[Message]) -> None:
    """Hand committed events over; returns at once and never fails."""
    publisher.publish(messages)


def whisper(channel: str, frame: bytes, kind: int = WHISPER) -> None:
    """Hand over something that may be lost, such as who is typing: no event, no place in the channel."""
    publisher.publish([Message(channel, "", kind, frame)])
