"""Comments that look as old as the demo says they are."""

from datetime import datetime

from app.database.engine import DB
from app.database.transaction import transaction


async def backdate_comment(comment_id: int, created: datetime) -> None:
    """Move a comment into the past; tells nobody, so only for a community that nobody reads yet."""
    async with transaction():
        await DB.fetch(
            "UPDATE comments SET created_at = $2, updated_at = $2 WHERE id = $1", comment_id, created
        )
