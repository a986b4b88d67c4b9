"""The verbs of flags: one transaction each."""

import asyncpg

from app.accounts import queries as accounts
from app.accounts.viewer import Viewer, require_moderator, require_writer
from app.comments.queries import get_row as get_comment_row
from app.database.engine import DB
from app.database.transaction import retried, transaction
from app.flags import queries
from app.flags.events import FlagCreated, FlagResolved
from app.flags.schemas import Decision, Flag, Named, NewFlag
from app.live import channels
from app.moderation.log import write_action
from app.moderation.schemas import Act
from app.posts.queries import get_row as get_post_row
from app.web.errors import Conflict

_INSERT = "INSERT INTO flags (reporter, {column}, reason, note) VALUES ($1, $2, $3, $4) RETURNING id"
# The one that was asked for, and with it all that wait for the same decision.
_LOCK = """
SELECT flags.id, flags.status FROM flags, flags AS asked
WHERE asked.id = $1 AND (flags.id = $1 OR flags.status = 'open'
    AND (flags.post = asked.post OR flags.comment = asked.comment OR flags.member = asked.member))
ORDER BY flags.id FOR UPDATE OF flags
"""
_RESOLVE = """
UPDATE flags SET status = $2, resolver = $3, resolved_at = clock_timestamp() WHERE id = ANY($1::bigint[])
"""


# As the log of moderation calls them.
ACTS: dict[str, Act] = {"upheld": "flag_upheld", "dismissed": "flag_dismissed"}


async def report(viewer: Viewer, new: NewFlag) -> tuple[Flag, bool]:
    """Tell the moderators of something; what one has told already and nobody has decided on, with False.

    A block between the two is no hindrance. Raises Unauthenticated, Suspended, NotFound (also what one may not
    see), Conflict (one's own, and what is removed already).
    """
    user_id = require_writer(viewer)
    named = Named.parse(new.subject)
    await require_reportable(viewer, named)
    note = (new.note or "").strip() or None
    try:
        return await _report(user_id, named, new.reason, note), True
    except asyncpg.UniqueViolationError:
        first = await queries.find_open(user_id, named)
    # Decided on at this very moment: then it is a new one.
    return (first, False) if first else await report(viewer, new)


async def require_reportable(viewer: Viewer, named: Named) -> None:
    """Raises NotFound, Conflict as `report` does."""
    if named.noun == "user":
        await accounts.get_user(viewer, named.id)
        if viewer.is_member(named.id):
            raise Conflict("Nobody reports themself.")
        return
    row = await (get_post_row if named.noun == "post" else get_comment_row)(viewer, named.id)
    if row["removed_at"] is not None:
        raise Conflict("It is removed already.")
    if viewer.is_member(row["author"]):
        raise Conflict("You wrote this yourself: you can edit or remove it.")


@retried
async def _report(user_id: int, named: Named, reason: str, note: str | None) -> Flag:
    async with transaction() as change:
        rows = await DB.fetch(_INSERT.format(column=named.column), user_id, named.id, reason, note)
        await change.advance(channels.MODERATION)
        flag = await queries.get_flag(rows[0]["id"])
        await change.record(FlagCreated(flag))
    return flag


@retried
async def decide(moderator: Viewer, flag_id: int, wanted: Decision) -> Flag:
    """Uphold or dismiss a flag, and with it all open ones about the same: it is the thing that is judged.

    The same decision again does nothing. Raises Unauthenticated, Forbidden, NotFound, Conflict (decided otherwise).
    """
    moderator_id = require_moderator(moderator)
    async with transaction() as change:
        found = {row["id"]: row["status"] for row in await DB.fetch(_LOCK, flag_id)}
        if found.get(flag_id) not in {None, "open", wanted.status}:
            raise Conflict(f"Somebody has decided on this already: it was {found[flag_id]}.")
        ids = [known for known, status in found.items() if status == "open"]
        if found.get(flag_id) == "open":
            await change.advance(channels.MODERATION, by=len(ids))
            await DB.fetch(_RESOLVE, ids, wanted.status, moderator_id)
            decided = await queries.read_flags(ids)
            await change.record_all(FlagResolved(flag) for flag in decided)
            subject = decided[0].subject
            await write_action(moderator, ACTS[wanted.status], subject.type, subject.id)
    return await queries.get_flag(flag_id)
