"""Drafts that come with an archive; one that is here, or was sent or dropped here, stays as it is."""

from datetime import datetime

from app.accounts.viewer import Viewer, require_member
from app.database.engine import DB
from app.database.transaction import transaction
from app.drafts.schemas import DraftChange, Subject

_INSERT = """
INSERT INTO drafts ("user", subject, title, body, tags, version, updated_at) VALUES ($1, $2, $3, $4, $5, 1, $6)
ON CONFLICT ("user", subject) DO NOTHING RETURNING id
"""


async def import_draft(viewer: Viewer, subject: Subject, words: DraftChange, updated: datetime) -> bool:
    """Keep it; whether it is new. The subject is there."""
    values = (words.title or None, words.body, words.tags, updated)
    async with transaction():
        rows = await DB.fetch(_INSERT, require_member(viewer), str(subject), *values)
    return bool(rows)
