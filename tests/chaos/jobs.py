"""After it all: whether every job that was committed was done, and what it was there for has happened once."""

import asyncio
from time import monotonic
from typing import Any

import asyncpg

from tests.chaos.track import Finding

DONE_WITHIN = 60.0
LOOK_SECONDS = 0.5
PASS_SECONDS = 10.0

# As if the pauses between tries were over, and the leases of those who were killed; PostgreSQL's clock was
# moved, too, and a time of its own may lie hours ahead.
_PASS_TIME = """
UPDATE outbox SET run_at = least(run_at, now()), lease_until = least(lease_until, now())
WHERE dead_at IS NULL
"""
_LEFT = "SELECT id, job, tries, error FROM outbox WHERE dead_at IS NULL"
_GIVEN_UP = "SELECT id, job, tries, error FROM outbox WHERE dead_at IS NOT NULL"
_MISCOUNTED = """
SELECT users.id, posts_count, comments_count, posts, comments FROM users, LATERAL (SELECT
    (SELECT count(*) FROM posts WHERE author = users.id AND removed_at IS NULL) AS posts,
    (SELECT count(*) FROM comments WHERE author = users.id AND removed_at IS NULL) AS comments) AS counted
WHERE (posts_count, comments_count) <> (posts, comments)
"""
# Message-IDs are unique in the mailbox: a second one of the same mail would not be seen there.
_NOT_WELCOMED = """
SELECT users.id, username FROM users WHERE starts_with(username, 'newcomer')
    AND NOT EXISTS (SELECT FROM mails WHERE starts_with(message_id, '<welcome-' || users.id || '@'))
"""
_MAILS = "SELECT count(*) FROM mails WHERE starts_with(message_id, '<welcome-')"


async def examine(url: str) -> tuple[int, list[Finding]]:
    """How many newcomers were welcomed, and what is wrong."""
    connection = await asyncpg.connect(url, timeout=10)
    try:
        left = await _wait(connection)
        found = [_finding("job not done", row) for row in left]
        for kind, statement in (
            ("job given up", _GIVEN_UP), ("job lost: not counted", _MISCOUNTED), ("job lost: no mail", _NOT_WELCOMED)
        ):  # fmt: skip
            found += [_finding(kind, row) for row in await connection.fetch(statement)]
        return await connection.fetchval(_MAILS), found
    finally:
        await connection.close()


async def _wait(connection: Any) -> list[Any]:
    """Until nothing is left to be done; what is left after all."""
    passes, until = monotonic(), monotonic() + DONE_WITHIN
    while (left := await connection.fetch(_LEFT)) and monotonic() < until:
        # Not each time: whoever is at work would never come to an end.
        if monotonic() >= passes:
            await connection.execute(_PASS_TIME)
            passes += PASS_SECONDS
        await asyncio.sleep(LOOK_SECONDS)
    return list(left)


def _finding(kind: str, row: Any) -> Finding:
    return Finding(kind, "database", str(row["id"]), str(dict(row)))
