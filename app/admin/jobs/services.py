"""What admins decide about jobs, each decision written down in its own transaction."""

from collections.abc import Mapping
from typing import Any

from app.accounts.viewer import Viewer, require_admin
from app.admin.audit import note_change, note_removal
from app.database.transaction import transaction
from app.jobs import services as jobs
from app.web.errors import Conflict, NotFound

RUNNING = "This one is being done right now. Wait until it has ended."
DONE = "That one is done by now."
_RETRIED = {"state": "waiting", "tries": 0}


async def retry_job(admin: Viewer, entry_id: int) -> None:
    """Have it done at once. Raises Unauthenticated, Forbidden, NotFound when it is done, Conflict while it runs."""
    require_admin(admin)
    async with transaction():
        row = await _lock(entry_id)
        await jobs.retry([entry_id])
        await note_change(admin, "outbox", entry_id, _shown(row), {**_shown(row), **_RETRIED})


async def retry_dead(admin: Viewer) -> int:
    """The same for what was given up; how many there were. Raises Unauthenticated, Forbidden."""
    require_admin(admin)
    async with transaction():
        dead = await jobs.lock_dead()
        await jobs.retry([row["id"] for row in dead])
        for row in dead:
            await note_change(admin, "outbox", row["id"], _shown(row), {**_shown(row), **_RETRIED})
    return len(dead)


async def drop_job(admin: Viewer, entry_id: int) -> None:
    """Let it be forgotten. Raises what `retry_job` raises."""
    require_admin(admin)
    async with transaction():
        row = await _lock(entry_id)
        await jobs.drop([entry_id])
        await note_removal(admin, "outbox", entry_id, _shown(row))


async def drop_dead(admin: Viewer) -> int:
    """The same for what was given up; how many there were. Raises Unauthenticated, Forbidden."""
    require_admin(admin)
    async with transaction():
        dead = await jobs.lock_dead()
        await jobs.drop([row["id"] for row in dead])
        for row in dead:
            await note_removal(admin, "outbox", row["id"], _shown(row))
    return len(dead)


async def _lock(entry_id: int) -> Mapping[str, Any]:
    row = await jobs.lock_job(entry_id)
    if row is None:
        raise NotFound(DONE)
    if row["state"] == "running":
        raise Conflict(RUNNING)
    return dict(row)


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    """What the record says of it: not for whom it was, which stands in its payload."""
    return {name: row[name] for name in ("job", "queue", "state", "tries", "error")}
