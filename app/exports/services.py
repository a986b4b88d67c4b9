"""The verb of exports: to ask for one. The work behind it is `building`'s."""

import asyncpg

from app.accounts.viewer import Viewer, require_member
from app.database.engine import DB
from app.database.transaction import transaction
from app.exports.jobs import build_export
from app.exports.queries import export_of
from app.exports.schemas import Export
from app.web.errors import RateLimited

A_DAY = 5

_RECENT = """SELECT count(*) FROM exports WHERE "user" = $1 AND created_at > now() - interval '1 day'"""
_UNDER_WAY = """SELECT * FROM exports WHERE "user" = $1 AND status IN ('queued', 'running')"""
_ADD = 'INSERT INTO exports ("user") VALUES ($1) RETURNING *'


async def ask_for_export(viewer: Viewer) -> Export:
    """Have all that is the viewer's put into one archive; one that is under way is enough.

    Raises Unauthenticated, RateLimited.
    """
    user_id = require_member(viewer)
    rows = await DB.fetch(_UNDER_WAY, user_id)
    if rows:
        return export_of(rows[0])
    if (await DB.fetch(_RECENT, user_id))[0][0] >= A_DAY:
        raise RateLimited("That was often enough for a day. Try again tomorrow.", seconds=3600)
    try:
        return await _add(user_id)
    except asyncpg.UniqueViolationError:
        # Asked for twice at once.
        return export_of((await DB.fetch(_UNDER_WAY, user_id))[0])


async def _add(user_id: int) -> Export:
    async with transaction() as change:
        row = (await DB.fetch(_ADD, user_id))[0]
        await change.enqueue(build_export, key=f"build_export:{row['id']}", export_id=row["id"])
    return export_of(row)
