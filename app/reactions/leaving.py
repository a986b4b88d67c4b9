"""What becomes of the reactions of a member who leaves: they are taken back, and counted again."""

from app.database.engine import DB
from app.database.transaction import retried, transaction

_TAKE = """
DELETE FROM reactions WHERE id IN (SELECT id FROM reactions WHERE "user" = $1 ORDER BY id LIMIT $2)
RETURNING CASE WHEN post IS NULL THEN 'comment:' || comment ELSE 'post:' || post END AS subject
"""
_SOIL = """
INSERT INTO dirty (subject) SELECT unnest($1::text[])
ON CONFLICT (subject) DO UPDATE SET version = dirty.version + 1
"""


@retried
async def let_go(user_id: int, limit: int) -> int:
    """Take this many back; how many there were."""
    async with transaction():
        rows = await DB.fetch(_TAKE, user_id, limit)
        # In order, or two who leave might wait for each other.
        await DB.fetch(_SOIL, sorted({row["subject"] for row in rows}))
    return len(rows)
