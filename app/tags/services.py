"""The verbs of tags."""

from collections.abc import Iterable

from app.database.engine import DB


async def know_tags(names: Iterable[str]) -> None:
    """Have a row for each of these, inside the caller's transaction."""
    # In order, or two posts with the same tags might wait for each other.
    await DB.fetch(
        "INSERT INTO tags (name) SELECT unnest($1::varchar[]) ON CONFLICT DO NOTHING", sorted(names)
    )
