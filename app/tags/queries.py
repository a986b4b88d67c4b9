"""Reading tags."""

import msgspec

from app.database.engine import DB


class Tag(msgspec.Struct, frozen=True):
    name: str
    posts_count: int


async def list_tags(page: int, per_page: int) -> tuple[list[Tag], int]:
    """Tags in use, most used first, and how many there are in all."""
    counted = await DB.fetch("SELECT count(*) FROM tags WHERE posts_count > 0")
    rows = await DB.fetch(
        """SELECT name, posts_count FROM tags WHERE posts_count > 0
        ORDER BY posts_count DESC, name LIMIT $1 OFFSET $2""",
        per_page, (page - 1) * per_page,
    )  # fmt: skip
    return [Tag(row["name"], row["posts_count"]) for row in rows], counted[0][0]
