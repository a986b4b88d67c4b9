"""After it all: whether everything that was promised holds in the database and in its history."""

import asyncio
from collections.abc import Iterable
from time import monotonic
from typing import Any

import asyncpg

from tests.chaos.ledger import ABSENT, Cut, Ledger, Thing
from tests.chaos.track import Finding

QUIET_SECONDS = 60.0
LOOK_SECONDS = 1.0
Tips = dict[str, tuple[str, int]]

_TIPS = "SELECT name, hubbub_epoch() AS epoch, seq, (SELECT count(*) FROM dirty) AS dirty FROM channels"
_SUMS = """
SELECT name, floor, channels.seq, count(events.seq) AS events, coalesce(max(events.seq), 0) AS last
FROM channels LEFT JOIN events ON events.channel = channels.name GROUP BY channels.name
HAVING NOT (count(events.seq) + floor = channels.seq AND coalesce(max(events.seq), 0) = channels.seq)
"""
_PUBLIC = """
SELECT name, hubbub_epoch() AS epoch, floor, channels.seq
FROM channels LEFT JOIN posts ON name = 'post:' || posts.id
WHERE name = 'posts' OR (posts.id IS NOT NULL AND posts.removed_at IS NULL)
"""
_ROWS = {
    "comment": "SELECT author, key, id, body, removed_at IS NOT NULL AS removed FROM comments WHERE key IS NOT NULL",
    "post": "SELECT author, key, id, body, removed_at IS NOT NULL AS removed FROM posts WHERE key IS NOT NULL",
}
_REACTIONS = """
SELECT "user" AS author, comments.key || ':' || kind AS key, comments.id
FROM reactions JOIN comments ON comments.id = reactions.comment
"""
# Each edit has words of its own, so a revision that is there twice was an edit that was made twice.
_TWICE = {
    "edited twice": "SELECT comment AS id FROM comment_revisions GROUP BY comment, body HAVING count(*) > 1",
    "said twice": "SELECT subject AS id FROM events WHERE kind = 'comment.created' GROUP BY 1 HAVING count(*) > 1",
    "counted wrongly": """
        SELECT posts.id FROM posts WHERE comments_count <> (
            SELECT count(*) FROM comments WHERE post = posts.id AND removed_at IS NULL)""",
}


async def quiet(url: str) -> Tips:
    """Where every channel stands, once nothing moves any more."""
    until, before = monotonic() + QUIET_SECONDS, None
    while monotonic() < until:
        rows = await _fetch(url, _TIPS)
        tips = {row["name"]: (row["epoch"], row["seq"]) for row in rows}
        if tips == before and not any(row["dirty"] for row in rows):
            return tips
        before = tips
        await asyncio.sleep(LOOK_SECONDS)
    raise AssertionError("The channels still move although nobody writes.")


async def channels(url: str) -> dict[str, tuple[str, int, int]]:
    """Epoch, floor and seq of every channel that anybody may read."""
    rows = await _fetch(url, _PUBLIC)
    return {row["name"]: (row["epoch"], row["floor"], row["seq"]) for row in rows}


async def examine(url: str, ledger: Ledger) -> list[Finding]:
    """Sums, and every thing in the ledger against its row."""
    found = [Finding("sums", "channels", row["name"], str(dict(row))) for row in await _fetch(url, _SUMS)]
    for kind, statement in _TWICE.items():
        found += [
            Finding(kind, "database", str(row["id"]), statement) for row in await _fetch(url, statement)
        ]
    rows: dict[tuple[str, int, str], Any] = {}
    for kind, statement in {**_ROWS, "reaction": _REACTIONS}.items():
        rows |= {(kind, row["author"], row["key"]): row for row in await _fetch(url, statement)}
    for thing in ledger.things:
        row = rows.pop((thing.kind, thing.author, thing.key), None)
        found += _judge(thing, row, ledger.cuts)
    return found


def _judge(thing: Thing, row: Any, cuts: Iterable[Cut]) -> list[Finding]:
    state = ABSENT if row is None else True if thing.kind == "reaction" else (row["body"], row["removed"])
    possible = thing.possible(cuts)
    if state not in possible:
        kind = "write lost" if state is ABSENT else "write wrong"
        return [
            Finding(kind, thing.key, thing.kind, f"is {state}, may be {possible}, deeds {thing.deeds[-3:]}")
        ]
    if row is not None and ABSENT not in possible and row["id"] != thing.id:
        return [
            Finding("write wrong", thing.key, thing.kind, f"is {row['id']}, was acknowledged as {thing.id}")
        ]
    return []


async def _fetch(url: str, statement: str) -> list[Any]:
    connection = await asyncpg.connect(url, timeout=10)
    try:
        return list(await connection.fetch(statement, timeout=60))
    finally:
        await connection.close()
