"""The mails about an export."""

from app.database.engine import DB
from app.mail.letters import Mail, write
from app.settings import settings

_READY = """
SELECT users.email, users.username, exports.size, exports.expires_at
FROM exports JOIN users ON users.id = exports."user"
WHERE exports.id = $1 AND exports.status = 'done' AND exports.expires_at > now() AND users.left_at IS NULL
"""

_FAILED = """
SELECT users.email, users.username, exports.created_at FROM exports JOIN users ON users.id = exports."user"
WHERE exports.id = $1 AND exports.status = 'failed' AND users.left_at IS NULL
"""


async def export_ready(export_id: int) -> Mail | None:
    """Says that the archive is there; it is fetched by who is signed in, so the mail opens nothing."""
    rows = await DB.fetch(_READY, export_id)
    if not rows:
        return None
    row = rows[0]
    return write(
        "export_ready", to=row["email"], subject=f"Your archive from {settings.name} is ready",
        key=f"export-{export_id}", username=row["username"],
        size=size_in_words(row["size"]), until=f"{row['expires_at']:%-d %B %Y}",
    )  # fmt: skip


async def export_failed(export_id: int) -> Mail | None:
    """Says that it could not be put together."""
    rows = await DB.fetch(_FAILED, export_id)
    if not rows:
        return None
    row = rows[0]
    return write(
        "export_failed", to=row["email"], subject=f"Your archive from {settings.name} did not work out",
        key=f"export-failed-{export_id}", username=row["username"], asked=f"{row['created_at']:%-d %B %Y}",
    )  # fmt: skip


def size_in_words(size: int) -> str:
    """`3.4 MB`, `12 kB`."""
    return f"{size / 1_000_000:,.1f} MB" if size >= 1_000_000 else f"{max(1, round(size / 1000))} kB"
