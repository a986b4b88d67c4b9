"""Reactions that come with an archive, as old as they were."""

from datetime import datetime

from app.accounts.viewer import Viewer, require_member
from app.database.engine import DB
from app.database.transaction import transaction
from app.reactions.counting import flusher
from app.reactions.schemas import Kind
from app.reactions.services import Subject, soil

_INSERT = """
INSERT INTO reactions ("user", post, comment, kind, created_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT DO NOTHING RETURNING id
"""


async def import_reaction(viewer: Viewer, subject: Subject, kind: Kind, made: datetime) -> bool:
    """React; whether that is new. The subject is there, and is counted by and by."""
    async with transaction():
        rows = await DB.fetch(_INSERT, require_member(viewer), *subject.columns, kind, made)
        if rows:
            await soil(subject)
    flusher.wake()
    return bool(rows)
