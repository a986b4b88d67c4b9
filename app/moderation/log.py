"""The one way into `moderation_actions`."""

from app.accounts.viewer import Viewer
from app.database.engine import DB
from app.moderation.schemas import Act, Noun

_WRITE = """
INSERT INTO moderation_actions (actor, action, subject_type, subject_id, reason)
VALUES ($1, $2, $3, $4, $5) RETURNING id
"""


async def write_action(
    moderator: Viewer, action: Act, noun: Noun, number: int, reason: str | None = None
) -> int:
    """Write down what a moderator did, inside the transaction in which it is done; the line's id."""
    rows = await DB.fetch(_WRITE, moderator.id, action, noun, number, reason)
    line: int = rows[0]["id"]
    return line
