"""Faults inside Redis: emptied, read-only, and rid of whoever reads too slowly."""

import asyncio
from contextlib import suppress
from time import monotonic

from redis.asyncio import Redis
from redis.exceptions import RedisError

from tests.chaos.plan import Step
from tests.chaos.stage import Stage

AWAY = (RedisError, OSError, TimeoutError)
NOWHERE = ("127.0.0.1", "1")
USUAL = "normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60"
TINY = "pubsub 1024 512 1"


def flush(stage: Stage, step: Step) -> None:
    stage.side.start(_flush(stage.valkey.url, step.seconds))


def make_replica(stage: Stage, step: Step) -> None:
    """Of a server that is not there: it still passes messages on, and takes no writes."""
    _tell(stage, "REPLICAOF", *NOWHERE)


def make_master(stage: Stage, step: Step) -> None:
    _tell(stage, "REPLICAOF", "NO", "ONE")


def refuse_writes(stage: Stage, step: Step) -> None:
    _tell(stage, "CONFIG", "SET", "min-replicas-to-write", "1")


def take_writes(stage: Stage, step: Step) -> None:
    _tell(stage, "CONFIG", "SET", "min-replicas-to-write", "0")


def drop_slow(stage: Stage, step: Step) -> None:
    _tell(stage, "CONFIG", "SET", "client-output-buffer-limit", TINY)


def keep_slow(stage: Stage, step: Step) -> None:
    _tell(stage, "CONFIG", "SET", "client-output-buffer-limit", USUAL)


def _tell(stage: Stage, *words: str) -> None:
    stage.side.run(_say(stage.valkey.url, *words))


async def _flush(url: str, seconds: float) -> None:
    until = monotonic() + seconds
    while monotonic() < until:
        await _say(url, "FLUSHALL")
        await asyncio.sleep(0.1)


async def _say(url: str, *words: str) -> None:
    """Bounded, and not insisted on: it may be killed or stopped meanwhile, and comes back as it was made."""
    client = Redis.from_url(url, socket_connect_timeout=2, socket_timeout=2)
    with suppress(*AWAY):
        async with asyncio.timeout(5):
            await client.execute_command(*words)
    with suppress(*AWAY):
        await client.aclose()
