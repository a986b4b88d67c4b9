"""Members who did not come in by the door, for the demo: no mail, no session, and as old as is said."""

from datetime import datetime

from app.accounts.viewer import Viewer
from app.database.engine import DB
from app.database.transaction import transaction
from app.live import channels, log
from app.markdown import render

_ENROLL = """
INSERT INTO users (username, email, password, role, activated_at, created_at) VALUES ($1, $2, $3, $4, $5, $5)
ON CONFLICT DO NOTHING
"""
_PROFILE = """
INSERT INTO profiles ("user", display_name, bio, bio_html, onboarding_completed_at)
SELECT id, $2, $3, $4, $5 FROM users WHERE username = $1 ON CONFLICT DO NOTHING
"""
_FIND = """
SELECT users.id, profiles.avatar FROM users JOIN profiles ON profiles."user" = users.id WHERE username = $1
"""


async def enroll(
    username: str, email: str, hashed: str, *, name: str, bio: str, role: str, joined: datetime
) -> Viewer:
    """Add a member with a profile, or find the one there is."""
    bio_html = await render(bio)
    async with transaction():
        await DB.fetch(_ENROLL, username, email, hashed, role, joined)
        await DB.fetch(_PROFILE, username, name, bio, bio_html, joined)
        rows = await DB.fetch(_FIND, username)
        await log.open_channel(channels.user(rows[0]["id"]))
    return Viewer(id=rows[0]["id"], username=username, name=name, role=role, avatar_url=rows[0]["avatar"])
