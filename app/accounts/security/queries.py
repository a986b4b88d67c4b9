"""Reading one's own sessions."""

from app.accounts.security.devices import device_name
from app.accounts.security.schemas import Session
from app.accounts.viewer import Viewer, require_session
from app.database.engine import DB
from app.times import iso

_LIST = """
SELECT * FROM sessions WHERE "user" = $1 AND expires_at > now()
ORDER BY id = $2 DESC, last_used_at DESC, id DESC
"""


async def list_sessions(viewer: Viewer) -> list[Session]:
    """The viewer's sessions that have not expired, this one first. Raises Unauthenticated, OutOfScope."""
    rows = await DB.fetch(_LIST, require_session(viewer), viewer.session_id)
    return [
        Session(
            id=row["id"],
            current=row["id"] == viewer.session_id,
            device=device_name(row["device"]),
            address=row["address"],
            created_at=iso(row["created_at"]),
            last_used_at=iso(row["last_used_at"]),
        )
        for row in rows
    ]
