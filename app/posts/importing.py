"""Posts that come with an archive, as old as they were."""

from datetime import datetime
from typing import NamedTuple

from app.accounts.jobs import recount_soon as recount_user_soon
from app.accounts.viewer import Viewer, require_member
from app.database.engine import DB
from app.database.transaction import retried, transaction
from app.live import channels, log
from app.markdown import excerpt
from app.mentions.services import render
from app.posts import queries
from app.posts.events import PostCreated
from app.posts.schemas import NewPost
from app.posts.words import clean_tags, clean_words
from app.tags.jobs import recount_soon as recount_tags_soon
from app.tags.services import know_tags

_INSERT = """
INSERT INTO posts (author, title, body, body_html, excerpt, tags, key, created_at, updated_at, last_activity_at,
    edited_at, removed_at, removed_by, removed_reason)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8::timestamptz, coalesce($9::timestamptz, $8), $8, $9, $10, $11, $12)
ON CONFLICT (author, key) DO NOTHING RETURNING id
"""
_REVISION = """
INSERT INTO post_revisions (post, editor, title, body, created_at)
SELECT id, CASE WHEN $3 THEN author END, $4::varchar, $5, $6 FROM posts WHERE id = $1 AND author = $2
    AND NOT EXISTS (SELECT FROM post_revisions AS known
        WHERE known.post = $1 AND known.title = $4 AND known.body = $5 AND known.created_at = $6)
RETURNING id
"""
_ACTIVE = "UPDATE posts SET last_activity_at = greatest(last_activity_at, $2) WHERE id = $1"


class Times(NamedTuple):
    """When a thing was written and last changed."""

    created: datetime
    edited: datetime | None


class Gone(NamedTuple):
    """When and by whom a thing was removed, `author` or `moderator`, and what was said to that."""

    at: datetime | None = None
    by: str | None = None
    reason: str | None = None


STANDING = Gone()


async def import_post(viewer: Viewer, new: NewPost, times: Times, gone: Gone = STANDING) -> int | None:
    """Write it under its key; its id, None when it is there. Whom it names is told nothing. Raises Invalid.

    One that was removed comes in as removed: nobody is told what it said.
    """
    title, body, tags = (
        clean_words("title", new.title, 3),
        clean_words("body", new.body),
        clean_tags(new.tags),
    )
    html = (await render(viewer, body)).html
    values = (require_member(viewer), title, body, html, excerpt(html), tags, new.key, *times, *gone)
    return await (_insert(viewer, values, tags) if gone.at is None else _insert_removed(values))


async def import_revision(
    viewer: Viewer, post_id: int, words: tuple[str, str], made: datetime, *, by_author: bool
) -> bool:
    """Keep what an own post said before, title and body; whether that is new."""
    async with transaction():
        rows = await DB.fetch(_REVISION, post_id, require_member(viewer), by_author, *words, made)
    return bool(rows)


@retried
async def _insert(viewer: Viewer, values: tuple[object, ...], tags: list[str]) -> int | None:
    async with transaction() as change:
        rows = await DB.fetch(_INSERT, *values)
        if not rows:
            return None
        post_id: int = rows[0]["id"]
        await log.open_channel(channels.post(post_id))
        await know_tags(tags)
        await change.advance(channels.POSTS)
        await change.record(PostCreated(queries.public(await queries.get_row(viewer, post_id))))
        await recount_tags_soon(change, tags)
        await recount_user_soon(change, viewer.id)
    return post_id


async def _insert_removed(values: tuple[object, ...]) -> int | None:
    async with transaction():
        rows = await DB.fetch(_INSERT, *values)
        if not rows:
            return None
        post_id: int = rows[0]["id"]
        await log.open_channel(channels.post(post_id))
    return post_id


async def note_activity(post_id: int, moment: datetime) -> None:
    """Say inside the caller's transaction that somebody answered then."""
    await DB.fetch(_ACTIVE, post_id, moment)
