"""How many posts and comments of a member stand."""

from app.database.engine import DB

_COUNTED = """
(SELECT count(*) FROM posts WHERE posts.author = users.id AND posts.removed_at IS NULL),
(SELECT count(*) FROM comments WHERE comments.author = users.id AND comments.removed_at IS NULL)
"""
_WRITE = f"UPDATE users SET (posts_count, comments_count) = (SELECT {_COUNTED}) WHERE id = $1"

# What waits to be counted is not wrong yet.
_WRONG = f"""
SELECT users.id::text AS subject, abs(users.posts_count - counted.posts)
    + abs(users.comments_count - counted.comments) AS off
FROM users, LATERAL (SELECT {_COUNTED}) AS counted (posts, comments)
WHERE users.id > $1 AND users.id <= $2
    AND (users.posts_count, users.comments_count) <> (counted.posts, counted.comments)
    AND NOT EXISTS (SELECT FROM outbox WHERE key = 'recount_user:' || users.id AND dead_at IS NULL)
"""


def key(user_id: int) -> str:
    """The key under which one recount of this member waits in the outbox."""
    return f"recount_user:{user_id}"


async def recount(user_id: int) -> None:
    """Count again, inside the caller's transaction."""
    # Locked first and counted in a later statement: of two counts at once the later one sees more.
    await DB.fetch("SELECT FROM users WHERE id = $1 FOR NO KEY UPDATE", user_id)
    await DB.fetch(_WRITE, user_id)


async def find_wrong(after: int, up_to: int) -> dict[str, int]:
    """Members in this range of ids whose counts are wrong, and by how much."""
    return {row["subject"]: row["off"] for row in await DB.fetch(_WRONG, after, up_to)}
