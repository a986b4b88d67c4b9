"""The verb of the first steps."""

from app.accounts.viewer import Viewer, require_session
from app.database.engine import DB
from app.database.transaction import transaction

_COMPLETE = """
UPDATE profiles SET onboarding_completed_at = now() WHERE "user" = $1 AND onboarding_completed_at IS NULL
"""


async def complete_onboarding(viewer: Viewer) -> None:
    """Show the first steps no more; done or skipped is the same. Raises Unauthenticated, OutOfScope."""
    user_id = require_session(viewer)
    async with transaction():
        await DB.fetch(_COMPLETE, user_id)
