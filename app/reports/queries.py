"""The figures of a day."""

from datetime import date

import msgspec

from app.database.engine import DB

_DAY = """
WITH day AS (SELECT $1::date AT TIME ZONE 'UTC' AS begin, ($1::date + 1) AT TIME ZONE 'UTC' AS until)
SELECT
    (SELECT count(*) FROM users, day WHERE created_at >= begin AND created_at < until) AS registrations,
    (SELECT count(*) FROM posts, day
     WHERE created_at >= begin AND created_at < until AND removed_at IS NULL) AS posts,
    (SELECT count(*) FROM comments, day
     WHERE created_at >= begin AND created_at < until AND removed_at IS NULL) AS comments,
    (SELECT count(*) FROM posts, day WHERE removed_at >= begin AND removed_at < until)
        + (SELECT count(*) FROM comments, day WHERE removed_at >= begin AND removed_at < until) AS removed,
    (SELECT count(*) FROM flags, day WHERE created_at >= begin AND created_at < until) AS flags,
    (SELECT count(*) FROM flags, day
     WHERE resolved_at >= begin AND resolved_at < until AND status = 'upheld') AS upheld,
    (SELECT count(*) FROM flags, day
     WHERE resolved_at >= begin AND resolved_at < until AND status = 'dismissed') AS dismissed,
    (SELECT count(*) FROM flags WHERE status = 'open') AS open_flags,
    (SELECT count(*) FROM outbox WHERE dead_at IS NOT NULL) AS failed_jobs,
    (SELECT coalesce(sum(drift), 0)::bigint FROM counter_checks) AS drift
"""


class Day(msgspec.Struct, frozen=True):
    """What came on one day, in UTC; and how things stand now.

    `flags` were made that day, `upheld` and `dismissed` decided then; `open_flags` still wait for a moderator.
    `failed_jobs` were given up and wait for somebody, `drift` is by how much counters were off when last compared.
    """

    registrations: int
    posts: int
    comments: int
    removed: int
    flags: int
    upheld: int
    dismissed: int
    open_flags: int
    failed_jobs: int
    drift: int


async def figures_of(day: date) -> Day:
    return Day(**(await DB.fetch(_DAY, day))[0])
