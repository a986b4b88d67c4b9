"""Compares each counter with a count, repairs what is off, and remembers by how much."""

from collections.abc import Awaitable, Callable

import msgspec
import structlog

from app.accounts import counts as users
from app.comments import counts as comments
from app.database.batches import Watch, id_ranges, unwatched
from app.database.engine import DB
from app.database.transaction import transaction
from app.posts import counts as posts
from app.reactions import counts as reactions
from app.tags import counts as tags

log = structlog.get_logger("hubbub.counters")

SLICE = 1000

Wrong = dict[str, int]

_NOTE = """
INSERT INTO counter_checks (counter, drift, repaired) VALUES ($1, $2, $2)
ON CONFLICT (counter) DO UPDATE
SET drift = excluded.drift, repaired = counter_checks.repaired + excluded.drift, checked_at = now()
"""


class Counter(msgspec.Struct, frozen=True):
    """`find` looks at the ids after one and up to another, in one statement: its counts are of one moment."""

    name: str
    table: str
    find: Callable[[int, int], Awaitable[Wrong]]
    repair: Callable[[str], Awaitable[None]]


async def reconcile(watch: Watch = unwatched) -> dict[str, int]:
    """By how much each counter was off; it is right now."""
    drift = {counter.name: await _reconcile(counter, watch) for counter in COUNTERS}
    drift["tags.posts_count"] = await _repair("tags.posts_count", await tags.find_wrong(), _recount_tag)
    async with transaction():
        for name, off in drift.items():
            await DB.fetch(_NOTE, name, off)
    return drift


async def _reconcile(counter: Counter, watch: Watch) -> int:
    off = 0
    async for after, upto in id_ranges(counter.table, SLICE, watch):
        off += await _repair(counter.name, await counter.find(after, upto), counter.repair)
    return off


async def _repair(name: str, wrong: Wrong, repair: Callable[[str], Awaitable[None]]) -> int:
    for subject, off in wrong.items():
        log.warning("counter_drifted", counter=name, subject=subject, off=off)
        await repair(subject)
    return sum(wrong.values())


async def _recount_user(subject: str) -> None:
    async with transaction():
        await users.recount(int(subject))


async def _recount_tag(subject: str) -> None:
    async with transaction():
        await tags.recount([subject])


async def _recount_post(subject: str) -> None:
    await posts.recount(int(subject))


async def _recount_comment(subject: str) -> None:
    await comments.recount(int(subject))


COUNTERS = (
    Counter("posts.comments_count", "posts", posts.find_wrong, _recount_post),
    Counter("comments.replies_count", "comments", comments.find_wrong, _recount_comment),
    Counter("users.counts", "users", users.find_wrong, _recount_user),
    Counter("posts.reactions", "posts", reactions.find_wrong_posts, reactions.recount),
    Counter("comments.reactions", "comments", reactions.find_wrong_comments, reactions.recount),
)
