"""Posts that look as old as the demo says they are."""

from datetime import datetime

from app.database.engine import DB
from app.database.transaction import transaction


async def backdate_post(post_id: int, created: datetime, active: datetime) -> None:
    """Move a post into the past; tells nobody, so only for a community that nobody reads yet."""
    async with transaction():
        await DB.fetch(
            "UPDATE posts SET created_at = $2, updated_at = $2, last_activity_at = $3 WHERE id = $1",
            post_id,
            created,
            active,
        )
