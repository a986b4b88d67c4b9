"""The event log: appends inside a change's transaction, and reads by position.

A position is (epoch, seq). Times never decide what is visible; only `seq` and `xid` do.
"""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

import msgspec

from app.database.engine import DB


class Event(msgspec.Struct, frozen=True):
    """What readers of some channels are told. Each domain has one subclass for each kind of event."""

    kind: ClassVar[str] = ""
    blanks: ClassVar[bool] = False
    unsigns: ClassVar[bool] = False

    @property
    def channels(self) -> tuple[str, ...]:
        raise NotImplementedError

    @property
    def subject(self) -> str:
        raise NotImplementedError

    @property
    def data(self) -> object:
        raise NotImplementedError


class Item(msgspec.Struct, frozen=True):
    """One logged event, as it stands in an `events` frame."""

    seq: int
    event: str
    at: str
    data: msgspec.Raw


class Frame(msgspec.Struct, frozen=True, tag_field="type", tag="event"):
    """One logged event, as it goes out alone."""

    channel: str
    seq: int
    event: str
    at: str
    data: msgspec.Raw


class Message(msgspec.Struct, frozen=True):
    """A committed event on its way to Redis: `frame` is the ready JSON text of an `event` frame.

    `committed` is when COMMIT had returned, by the clock of who wrote; 0 where that is not known.
    """

    channel: str
    epoch: str
    seq: int
    frame: bytes
    committed: float = 0.0


class Stand(msgspec.Struct, frozen=True):
    """Where a channel stands: events up to and including `floor` have been pruned."""

    epoch: str
    tip: int
    floor: int


class History(Stand, frozen=True):
    """A stretch of a channel's log and where the channel stood in the same snapshot."""

    items: list[Item]


class Tips(msgspec.Struct, frozen=True):
    """Channels that moved since the last look; `horizon` is where the next look starts."""

    epoch: str
    horizon: str
    seqs: dict[str, int]


_ADVANCE = """
WITH locked AS (SELECT name FROM channels WHERE name = ANY($1::text[]) ORDER BY name FOR UPDATE)
UPDATE channels SET seq = channels.seq + $2 FROM locked WHERE channels.name = locked.name
RETURNING channels.name, channels.seq
"""

# LIVE.md 3.4: what is removed leaves the log's earlier entries too.
_BLANK = "UPDATE events SET data = NULL WHERE subject = $1 AND data IS NOT NULL"

# Whose author is gone is told without them from the first entry on.
_UNSIGN = """
UPDATE events SET data = jsonb_set(data, '{author}', 'null')
WHERE subject = $1 AND data IS NOT NULL AND data ? 'author'
"""

_APPEND = """
INSERT INTO events (channel, seq, kind, subject, data)
SELECT channel, seq, $3, $4, $5::jsonb FROM unnest($1::text[], $2::bigint[]) AS place (channel, seq)
RETURNING channel, seq, kind, hubbub_time(created_at) AS at, data::text AS data, hubbub_epoch() AS epoch
"""

_APPEND_ALL = """
INSERT INTO events (channel, seq, kind, subject, data)
SELECT channel, seq, kind, subject, data::jsonb
FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[]) AS event (channel, seq, kind, subject, data)
RETURNING channel, seq, kind, hubbub_time(created_at) AS at, data::text AS data, hubbub_epoch() AS epoch
"""

_READ = """
SELECT (SELECT hubbub_epoch()) AS epoch, channels.seq AS tip, channels.floor, past.*
FROM channels LEFT JOIN LATERAL (
    SELECT seq, kind, hubbub_time(created_at) AS at, data::text AS data FROM events
    WHERE channel = channels.name AND seq > $2 ORDER BY seq LIMIT $3
) AS past ON true
WHERE channels.name = $1 ORDER BY past.seq
"""

_TIPS = """
SELECT (SELECT hubbub_epoch()) AS epoch, pg_snapshot_xmin(pg_current_snapshot())::text AS horizon, moved.*
FROM (SELECT) AS always LEFT JOIN (
    SELECT channel, max(seq) AS seq FROM events WHERE xid >= $1::text::xid8 GROUP BY channel
) AS moved ON true
"""

_STAND = """
SELECT (SELECT hubbub_epoch()) AS epoch, pg_snapshot_xmin(pg_current_snapshot())::text AS horizon,
    name AS channel, seq
FROM (SELECT) AS always LEFT JOIN channels ON name = ANY($1::text[])
"""


async def open_channel(channel: str) -> None:
    """Make a new channel's row, in the transaction that makes what it is about."""
    await DB.fetch("INSERT INTO channels (name) VALUES ($1) ON CONFLICT DO NOTHING", channel)


async def close_channel(channel: str) -> None:
    """Forget a channel and its events, in the transaction that ends what it is about."""
    await DB.fetch("DELETE FROM channels WHERE name = $1", channel)


async def advance(channels: Iterable[str], by: int = 1) -> dict[str, int]:
    """Lock these channels in order of name and take the next `seq` of each, or the next few, of which it is the last.

    Holds until the commit.
    """
    return {row["name"]: row["seq"] for row in await DB.fetch(_ADVANCE, sorted(channels), by)}


async def blank(channel: str, subjects: Iterable[str]) -> None:
    """Empty what one channel has told of these subjects so far; elsewhere they are no secret."""
    await DB.fetch(
        "UPDATE events SET data = NULL WHERE channel = $1 AND subject = ANY($2::text[]) AND data IS NOT NULL",
        channel,
        list(subjects),
    )


async def append(event: Event, seqs: Mapping[str, int]) -> list[Message]:
    """Write one event to each of its channels, at the places that `advance` gave."""
    if event.blanks:
        await DB.fetch(_BLANK, event.subject)
    if event.unsigns:
        await DB.fetch(_UNSIGN, event.subject)
    data = msgspec.json.encode(event.data).decode()
    places = [seqs[channel] for channel in event.channels]
    rows = await DB.fetch(_APPEND, list(event.channels), places, event.kind, event.subject, data)
    return [message(row) for row in rows]


async def append_all(placed: Iterable[tuple[Event, str, int]]) -> list[Message]:
    """Write many events in one statement, each to one channel and place; none of them blanks or unsigns others."""
    rows = [
        (channel, seq, event.kind, event.subject, msgspec.json.encode(event.data).decode())
        for event, channel, seq in placed
    ]
    return (
        [message(row) for row in await DB.fetch(_APPEND_ALL, *map(list, zip(*rows, strict=True)))]
        if rows
        else []
    )


def message(row: Mapping[str, Any]) -> Message:
    """The message of a row with channel, seq, kind, at, data, epoch."""
    frame = Frame(row["channel"], row["seq"], row["kind"], row["at"], _raw(row["data"]))
    return Message(row["channel"], row["epoch"], row["seq"], msgspec.json.encode(frame))


async def read(channel: str, after: int, limit: int) -> History | None:
    """Events of `channel` with a greater `seq` than `after`, at most `limit`; None if there is no such channel.

    Position and events come from one statement, so that neither can be newer than the other.
    """
    rows = await DB.fetch(_READ, channel, after, limit)
    if not rows:
        return None
    first = rows[0]
    items = [Item(r["seq"], r["kind"], r["at"], _raw(r["data"])) for r in rows if r["seq"] is not None]
    return History(first["epoch"], first["tip"], first["floor"], items)


async def tips(horizon: str) -> Tips:
    """Every channel with an event that may have been committed since `horizon` (LIVE.md 4.4)."""
    return _tips(await DB.fetch(_TIPS, horizon))


async def stand(channels: Iterable[str]) -> Tips:
    """Where these channels stand now, whatever was seen before."""
    return _tips(await DB.fetch(_STAND, list(channels)))


def _tips(rows: list[Any]) -> Tips:
    seqs = {row["channel"]: row["seq"] for row in rows if row["channel"] is not None}
    return Tips(rows[0]["epoch"], rows[0]["horizon"], seqs)


def _raw(data: str | None) -> msgspec.Raw:
    return msgspec.Raw(b"null" if data is None else data.encode())
