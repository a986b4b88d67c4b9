"""How many posts that stand have a tag."""

from collections.abc import Iterable

from app.database.engine import DB
from app.tags.services import know_tags

_WRITE = """
UPDATE tags SET posts_count = (
    SELECT count(*) FROM posts WHERE posts.tags @> ARRAY[tags.name] AND posts.removed_at IS NULL
) WHERE name = ANY($1::varchar[])
"""
# What waits to be counted is not wrong yet.
_WRONG = """
SELECT name AS subject, abs(coalesce(tags.posts_count, 0) - coalesce(counted.posts, 0)) AS off
FROM tags FULL JOIN (
    SELECT tag AS name, count(*) AS posts FROM posts, unnest(tags) AS tag WHERE removed_at IS NULL GROUP BY tag
) AS counted USING (name)
WHERE coalesce(tags.posts_count, 0) <> coalesce(counted.posts, 0)
    AND NOT EXISTS (SELECT FROM outbox WHERE key = 'recount_tags:' || name AND dead_at IS NULL)
"""


def key(name: str) -> str:
    """The key under which one recount of this tag waits in the outbox."""
    return f"recount_tags:{name}"


async def recount(names: Iterable[str]) -> None:
    """Count again, inside the caller's transaction."""
    wanted = sorted(names)
    await know_tags(wanted)
    # Locked first and counted in a later statement: of two counts at once the later one sees more.
    await DB.fetch("SELECT FROM tags WHERE name = ANY($1::varchar[]) ORDER BY name FOR NO KEY UPDATE", wanted)
    await DB.fetch(_WRITE, wanted)


async def find_wrong() -> dict[str, int]:
    """Tags whose count is wrong, and by how much."""
    return {row["subject"]: row["off"] for row in await DB.fetch(_WRONG)}
