"""Posts that come with an archive, as old as they were."""

from datetime import datetime

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
    edited_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8::timestamptz, coalesce($9::timestamptz, $8), $8, $9)
ON CONFLICT (author, key) DO NOTHING RETURNING id
"""
_ACTIVE = "UPDATE posts SET last_activity_at = greatest(last_activity_at, $2) WHERE id = $1"


async def import_post(viewer: Viewer, new: NewPost, created: datetime, edited: datetime | None) -> int | None:
    """Write it under its key; its id, None when it is there. Whom it names is told nothing. Raises Invalid."""
    title, body, tags = (
        clean_words("title", new.title, 3),
        clean_words("body", new.body),
        clean_tags(new.tags),
    )
    html = (await render(viewer, body)).html
    values = (require_member(viewer), title, body, html, excerpt(html), tags, new.key, created, edited)
    return await _insert(viewer, values, tags)


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


async def note_activity(post_id: int, moment: datetime) -> None:
    """Say inside the caller's transaction that somebody answered then."""
    await DB.fetch(_ACTIVE, post_id, moment)
