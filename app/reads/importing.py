"""Read positions that come with an archive; one that is here stays as it is."""

from datetime import datetime

from app.accounts.viewer import Viewer, require_member
from app.database.engine import DB
from app.database.transaction import transaction

_INSERT = """
INSERT INTO reads ("user", post, comment, updated_at) VALUES ($1, $2, $3, $4)
ON CONFLICT ("user", post) DO NOTHING RETURNING post
"""


async def import_read(viewer: Viewer, post_id: int, comment_id: int, updated: datetime) -> bool:
    """Keep it; whether it is new."""
    async with transaction():
        rows = await DB.fetch(_INSERT, require_member(viewer), post_id, comment_id, updated)
    return bool(rows)
