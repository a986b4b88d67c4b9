"""The verbs of drafts: one transaction each, or a part of the one that sends what was drafted."""

from app.accounts.viewer import Viewer, require_member
from app.database.engine import DB
from app.database.transaction import retried, transaction
from app.drafts.queries import draft_of, require_open
from app.drafts.schemas import Draft, DraftChange, Stale, Subject
from app.web.errors import Conflict

MOST = 500
# Undone by then or not at all; and no device goes on from a version as old as this.
KEPT_DAYS = 30

_COUNT = 'SELECT count(*) FROM drafts WHERE "user" = $1 AND dropped_at IS NULL AND subject <> $2'
_SAVE = """
INSERT INTO drafts ("user", subject, title, body, tags, version, dropped_at)
VALUES ($1, $2, $3, $4, $5, coalesce($6::bigint, 0) + 1, CASE WHEN $7 THEN clock_timestamp() END)
ON CONFLICT ("user", subject) DO UPDATE SET title = excluded.title, body = excluded.body, tags = excluded.tags,
    version = drafts.version + 1, updated_at = clock_timestamp(), dropped_at = excluded.dropped_at
    WHERE $6 IS NULL OR drafts.version = $6 OR ($6 = 0 AND drafts.dropped_at IS NOT NULL)
RETURNING *
"""
_FIND = 'SELECT * FROM drafts WHERE "user" = $1 AND subject = $2'
_DROP = """
UPDATE drafts SET version = version + 1, dropped_at = clock_timestamp()
WHERE "user" = $1 AND subject = $2 AND dropped_at IS NULL
"""
_RESTORE = """
UPDATE drafts SET version = version + 1, dropped_at = NULL, updated_at = clock_timestamp()
WHERE "user" = $1 AND subject = $2 AND dropped_at IS NOT NULL AND (title, body, tags) IS DISTINCT FROM (NULL, '', '{}')
"""
# For a change that is one statement, which goes on with its own WHERE.
SEND = """
UPDATE drafts SET title = NULL, body = '', tags = '{}', version = version + 1, dropped_at = clock_timestamp()
"""
_SEND = f'{SEND} WHERE "user" = $1 AND subject = $2 AND dropped_at IS NULL'
_PRUNE = """
DELETE FROM drafts WHERE dropped_at < now() - make_interval(days => $1) OR id IN (
    SELECT drafts.id FROM drafts LEFT JOIN comments ON comments.id = drafts.comment
    JOIN posts ON posts.id = coalesce(drafts.post, comments.post)
    WHERE posts.removed_at < now() - make_interval(days => $1)
        OR (comments.removed_at < now() - make_interval(days => $1) AND drafts.subject LIKE 'edit:%'))
"""


async def save_draft(viewer: Viewer, subject: Subject, wanted: DraftChange) -> Draft:
    """Keep these words in place of the draft's; none at all drop it. The same again does nothing.

    Raises Unauthenticated, NotFound, Forbidden, Stale (changed since `wanted.version`), Conflict (too many).
    """
    user_id = require_member(viewer)
    await require_open(viewer, subject)
    kept = await _save(user_id, str(subject), wanted)
    return kept or await _same_or_stale(user_id, str(subject), wanted)


@retried
async def _save(user_id: int, subject: str, wanted: DraftChange) -> Draft | None:
    title, blank = wanted.title or None, wanted.is_blank
    async with transaction():
        if not blank and (await DB.fetch(_COUNT, user_id, subject))[0][0] >= MOST:
            raise Conflict(f"You have {MOST} drafts, as many as one may have. Drop one first.")
        rows = await DB.fetch(
            _SAVE, user_id, subject, title, wanted.body, wanted.tags, wanted.version, blank
        )  # fmt: skip
    return draft_of(rows[0]) if rows else None


async def _same_or_stale(user_id: int, subject: str, wanted: DraftChange) -> Draft:
    """A repeat whose first answer was lost is no conflict."""
    rows = await DB.fetch(_FIND, user_id, subject)
    if not rows:
        raise Conflict
    found = draft_of(rows[0])
    if (found.title, found.body, found.tags) == (wanted.title or None, wanted.body, wanted.tags):
        return found
    raise Stale(found)


async def drop_draft(viewer: Viewer, subject: Subject) -> None:
    """Put a draft away; again does nothing. Raises Unauthenticated."""
    user_id = require_member(viewer)
    async with transaction():
        await DB.fetch(_DROP, user_id, str(subject))


async def restore_draft(viewer: Viewer, subject: Subject) -> None:
    """Take one back that was dropped and not sent; again does nothing. Raises Unauthenticated."""
    user_id = require_member(viewer)
    async with transaction():
        await DB.fetch(_RESTORE, user_id, str(subject))


async def send_draft(user_id: int | None, subject: str) -> None:
    """The words went out: the draft goes, inside the caller's transaction."""
    await DB.fetch(_SEND, user_id, subject)


async def drop_all(user_id: int) -> None:
    """Forget every draft of a member inside the caller's transaction."""
    await DB.fetch('DELETE FROM drafts WHERE "user" = $1', user_id)


async def prune() -> None:
    """Forget what was dropped, or is about something removed, long ago."""
    async with transaction():
        await DB.fetch(_PRUNE, KEPT_DAYS)
