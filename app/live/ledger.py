"""What the processes write down in Redis about their rooms: a page and a lease each, and which rooms changed.

`hubbub:presence:{process}` is a hash of crowds by channel, and the lease: all of it is gone 45 s after its
process was last heard of. `…processes` names them, `…changes` is a short stream of the rooms that changed.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Collection, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from math import inf
from time import monotonic
from typing import Any

import msgspec
from redis.exceptions import RedisError

from app.database.redis import connect
from app.live.room import Crowd, Room

KEY = "hubbub:presence:"
PROCESSES, CHANGES, SALT = KEY + "processes", KEY + "changes", KEY + "salt:"
LEASE_MS = 45_000
REFRESH_SECONDS = 20.0
# One who has not looked for so long may have missed some of the changes, of which so many are kept.
GAP_SECONDS = 5.0
KEPT_CHANGES = 500
DAY_SECONDS = 90_000
ANSWER_SECONDS = 1.0
AWAY = (RedisError, OSError, TimeoutError)
# The field of a page that is no channel.
LEASE = "lease"

_decode = msgspec.msgpack.Decoder(Crowd).decode
_names = msgspec.msgpack.Decoder(list[str]).decode


class Ledger:
    """This process's page, and a look at the others'. Without Redis everything here raises one of AWAY."""

    def __init__(self) -> None:
        self.name = secrets.token_hex(8)
        self.salt = secrets.token_bytes(16)
        self._salt_of = ""
        self._redis: Any = None
        self._others: set[str] = set()
        self._heard = "0"
        self._looked_at = self._refreshed_at = -inf
        self._complete = False

    @property
    def outdated(self) -> bool:
        """Whether what was read of the others is older than their leases."""
        return monotonic() - self._looked_at > LEASE_MS / 1000

    async def exchange(self, rooms: Mapping[str, Room], moved: Iterable[str]) -> set[str]:
        """Write down the rooms that moved here; the rooms that changed anywhere since the last time."""
        known = self._complete and monotonic() - self._looked_at <= GAP_SECONDS
        async with self._answering() as redis:
            await self._learn_salt(redis)
            # Whoever comes, or comes back after a loss, writes and reads everything once.
            gone, changed = await self._turn(redis, rooms, set(moved) if known else {*rooms, *moved}, known)
            if gone:
                await redis.srem(PROCESSES, *gone)
                changed |= {name for name, room in rooms.items() if room.elsewhere.keys() & gone}
        self._looked_at = monotonic()
        return changed

    async def read(self, channels: Collection[str]) -> dict[str, dict[str, Crowd]]:
        """By channel and process, who is in these rooms elsewhere."""
        found: dict[str, dict[str, Crowd]] = {channel: {} for channel in channels}
        others = sorted(self._others)
        if not others or not channels:
            return found
        async with self._answering() as redis:
            pipe = redis.pipeline(transaction=False)
            for other in others:
                pipe.hmget(KEY + other, list(channels))
            pages = await pipe.execute()
        for other, page in zip(others, pages, strict=True):
            for channel, crowd in zip(channels, page, strict=True):
                if crowd is not None:
                    found[channel][other] = _decode(crowd)
        return found

    async def close(self, channels: Collection[str]) -> None:
        """Tear the page out: whoever was here has gone, or is elsewhere by now."""
        if self._redis is None:
            return
        with suppress(*AWAY):
            async with self._answering() as redis:
                pipe = redis.pipeline(transaction=False)
                pipe.delete(KEY + self.name)
                pipe.srem(PROCESSES, self.name)
                _note_changes(pipe, channels)
                await pipe.execute()
        with suppress(*AWAY):
            await self._redis.aclose()

    async def _turn(
        self, redis: Any, rooms: Mapping[str, Room], moved: set[str], known: bool
    ) -> tuple[set[str], set[str]]:
        """The processes that have gone, and the rooms that changed."""
        others = sorted(self._others)
        pipe = redis.pipeline(transaction=False)
        for other in others:
            pipe.exists(KEY + other)
        pipe.hexists(KEY + self.name, LEASE)
        pipe.smembers(PROCESSES)
        pipe.xread({CHANGES: self._heard if known else "0"})
        self._write(pipe, rooms, moved, known)
        *lives, leased, members, changes = (await pipe.execute())[: len(others) + 3]
        gone = {other for other, lives_on in zip(others, lives, strict=True) if not lives_on}
        named = {member.decode() for member in members}
        self._others = named - gone - {self.name}
        # One that was stopped for long finds its page gone, and so does everybody when Redis was emptied.
        self._complete = not known or (bool(leased) and self.name in named)
        changed = self._changed(changes)
        return gone, changed if known else set(rooms)

    def _write(self, pipe: Any, rooms: Mapping[str, Room], moved: set[str], known: bool) -> None:
        page = KEY + self.name
        crowds: dict[str, bytes] = {} if known else {LEASE: b""}
        for channel in moved:
            if room := rooms.get(channel):
                crowds[channel] = msgspec.msgpack.encode(room.crowd(self.salt))
            else:
                pipe.hdel(page, channel)
        if crowds:
            pipe.hset(page, mapping=crowds)
        if not known:
            pipe.sadd(PROCESSES, self.name)
        if crowds or monotonic() - self._refreshed_at >= REFRESH_SECONDS:
            pipe.pexpire(page, LEASE_MS)
            self._refreshed_at = monotonic()
        _note_changes(pipe, moved)

    def _changed(self, changes: list[Any]) -> set[str]:
        changed: set[str] = set()
        for _, entries in changes:
            for number, entry in entries:
                self._heard = number.decode()
                changed.update(_names(entry[b"channels"]))
        return changed

    async def _learn_salt(self, redis: Any) -> None:
        """One for all processes, and another one each day: then nobody is known again by their address."""
        today = datetime.now(UTC).date().isoformat()
        if today != self._salt_of:
            await redis.set(SALT + today, secrets.token_bytes(16), nx=True, ex=DAY_SECONDS)
            self.salt, self._salt_of = await redis.get(SALT + today) or self.salt, today

    @asynccontextmanager
    async def _answering(self) -> AsyncIterator[Any]:
        self._redis = self._redis or connect()
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                yield self._redis
        except AWAY:
            self._complete = False
            with suppress(*AWAY):
                await self._redis.connection_pool.disconnect()
            raise


def _note_changes(pipe: Any, channels: Collection[str]) -> None:
    if channels:
        entry = {"channels": msgspec.msgpack.encode(list(channels))}
        pipe.xadd(CHANGES, entry, maxlen=KEPT_CHANGES, approximate=True)
