"""The weekly digest: who is due, and what was said most in a week."""

from datetime import date, timedelta

import msgspec

from app.database.engine import DB
from app.posts.schemas import post_url

THREADS = 5

# Each week's once, however often one asks.
_DUE = """
UPDATE digests SET sent_at = now() WHERE "user" IN (
    SELECT "user" FROM digests WHERE coalesce(sent_at, created_at) < $1::date AND "user" > $2
    ORDER BY "user" LIMIT $3
) RETURNING "user"
"""
_WEEK = f"""
SELECT posts.id, posts.title, posts.excerpt, count(comments.id) AS comments
FROM posts LEFT JOIN comments ON comments.post = posts.id AND comments.removed_at IS NULL
    AND comments.created_at >= $2::date AND comments.created_at < $3::date
    AND (comments.author = ANY(hubbub_hidden_from($1))) IS NOT TRUE
WHERE posts.removed_at IS NULL AND posts.last_activity_at >= $2::date AND posts.created_at < $3::date
    AND (posts.author = ANY(hubbub_hidden_from($1))) IS NOT TRUE
    AND NOT EXISTS (SELECT FROM post_follows AS muted
        WHERE muted."user" = $1 AND muted.post = posts.id AND muted.level = 'muted')
GROUP BY posts.id HAVING count(comments.id) > 0 OR posts.created_at >= $2::date
ORDER BY comments DESC, posts.id DESC LIMIT {THREADS}
"""


class Thread(msgspec.Struct, frozen=True):
    """A post of the digest, and how many comments the week brought it."""

    title: str
    url: str
    excerpt: str
    comments: int


async def take_due(week: str, after: int, limit: int) -> list[int]:
    """Inside the caller's change: the next members whose digest of the week that began on this day is to be written."""
    over = date.fromisoformat(week) + timedelta(days=7)
    return sorted(row["user"] for row in await DB.fetch(_DUE, over, after, limit))


async def read_week(user_id: int, week: str) -> list[Thread]:
    """The threads of the week that began on this day, as this member may see them; most said first."""
    begun = date.fromisoformat(week)
    rows = await DB.fetch(_WEEK, user_id, begun, begun + timedelta(days=7))
    return [Thread(r["title"], post_url(r["id"], r["title"]), r["excerpt"], r["comments"]) for r in rows]
