"""The verbs of posts: one transaction each."""

import hashlib
from typing import Any

import asyncpg
import msgspec
from msgspec import UNSET

from app.accounts.viewer import Viewer, require_writer
from app.database.engine import DB
from app.database.transaction import Change, retried, transaction
from app.drafts.schemas import NEW, edit_of
from app.drafts.services import send_draft
from app.follows.services import follow_own
from app.live import channels, log
from app.markdown import excerpt
from app.mentions.services import Rendered, keep_in_post, render
from app.notifications.jobs import notify_post
from app.posts import queries
from app.posts.changing import advance, lock, recount_soon, require, told
from app.posts.events import PostCreated, PostUpdated
from app.posts.schemas import NewPost, Post, PostChange
from app.posts.words import clean_tags, clean_words
from app.tags.jobs import recount_soon as recount_tags_soon
from app.tags.services import know_tags
from app.web.errors import KeyReused

_INSERT = """
INSERT INTO posts (author, title, body, body_html, excerpt, tags, key, fingerprint)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id
"""
_COUNT = """
UPDATE posts SET comments_count = comments_count + $2 WHERE id = $1 RETURNING comments_count, removed_at
"""
_EDIT = """
UPDATE posts SET title = $2, body = $3, body_html = $4, excerpt = $5, tags = $6, seq = $7,
    edited_at = clock_timestamp(), updated_at = clock_timestamp() WHERE id = $1
"""


async def publish_post(viewer: Viewer, new: NewPost) -> tuple[Post, bool]:
    """Write a post; with a `key` seen before, the first one and False.

    Raises Unauthenticated, Suspended, Invalid, KeyReused (the key came with another text).
    """
    require_writer(viewer)
    title, body, tags = (
        clean_words("title", new.title, 3),
        clean_words("body", new.body),
        clean_tags(new.tags),
    )
    fingerprint = _fingerprint(title, body, *tags)
    rendered = await render(viewer, body)
    texts = (title, body, rendered.html, excerpt(rendered.html))
    try:
        post_id = await _insert(viewer, (viewer.id, *texts, tags, new.key, fingerprint), tags, rendered.named)
    except asyncpg.UniqueViolationError:
        return await _first_with(viewer, new.key, fingerprint), False
    return await queries.get_post(viewer, post_id), True


@retried
async def _insert(viewer: Viewer, values: tuple[object, ...], tags: list[str], named: list[int]) -> int:
    async with transaction() as change:
        post_id: int = (await DB.fetch(_INSERT, *values))[0]["id"]
        await log.open_channel(channels.post(post_id))
        await know_tags(tags)
        await follow_own(viewer, post_id)
        await keep_in_post(post_id, named)
        await send_draft(viewer.id, NEW)
        await change.advance(channels.POSTS)
        await change.record(PostCreated(await told(viewer, post_id)))
        await recount_soon(change, viewer.id, tags)
        await change.enqueue(notify_post, post_id=post_id)
    return post_id


async def _first_with(viewer: Viewer, key: str | None, fingerprint: bytes) -> Post:
    rows = await DB.fetch("SELECT id, fingerprint FROM posts WHERE author = $1 AND key = $2", viewer.id, key)
    if rows[0]["fingerprint"] != fingerprint:
        raise KeyReused
    return await queries.get_post(viewer, rows[0]["id"])


async def edit_post(viewer: Viewer, post_id: int, wanted: PostChange) -> Post:
    """Change an own post and keep what it said. Raises NotFound, Forbidden, Invalid."""
    clean = PostChange(
        title=UNSET if wanted.title is UNSET else clean_words("title", wanted.title, 3),
        body=UNSET if wanted.body is UNSET else clean_words("body", wanted.body),
        tags=UNSET if wanted.tags is UNSET else clean_tags(wanted.tags),
    )
    rendered = None if clean.body is UNSET else await render(viewer, clean.body)
    await _edit(viewer, post_id, clean, rendered)
    return await queries.get_post(viewer, post_id)


@retried
async def _edit(viewer: Viewer, post_id: int, wanted: PostChange, rendered: Rendered | None) -> None:
    async with transaction() as change:
        row = await lock(viewer, post_id)
        require("edit", viewer, row)
        await send_draft(viewer.id, edit_of("post", post_id))
        title, body, tags = (
            _given(wanted.title, row["title"]), _given(wanted.body, row["body"]), _given(wanted.tags, row["tags"])
        )  # fmt: skip
        if (title, body, list(tags)) == (row["title"], row["body"], list(row["tags"])):
            return
        await _keep_revision(viewer, row)
        await know_tags(tags)
        seq = await advance(change, post_id)
        body_html = rendered.html if rendered else row["body_html"]
        await DB.fetch(_EDIT, post_id, title, body, body_html, excerpt(body_html), tags, seq)
        named = await keep_in_post(post_id, rendered.named) if rendered else []
        await change.record(PostUpdated(await told(viewer, post_id)))
        await recount_tags_soon(change, set(tags) ^ set(row["tags"]))
        if named:
            await change.enqueue(notify_post, post_id=post_id, named_only=True)


async def lock_reactions(post_id: int) -> int | None:
    """Hold the post while its reactions are counted; its own id, None when another has it."""
    rows = await DB.fetch("SELECT id FROM posts WHERE id = $1 FOR NO KEY UPDATE SKIP LOCKED", post_id)
    return rows[0]["id"] if rows else None


async def write_reactions(change: Change, post_id: int, _post_id: int, counts: dict[str, int]) -> None:
    name = channels.post(post_id)
    seq = (await change.advance(name))[name]
    encoded = msgspec.json.encode(counts).decode()
    await DB.fetch("UPDATE posts SET reactions = $2::jsonb, seq = $3 WHERE id = $1", post_id, encoded, seq)


async def count_comments(change: Change, post_id: int, by: int) -> None:
    """Move the post's count, in the change of the comment that came or went."""
    rows = await DB.fetch(_COUNT, post_id, by)
    if rows[0]["removed_at"] is None:
        change.count(post_id, rows[0]["comments_count"])


async def _keep_revision(viewer: Viewer, row: Any) -> None:
    await DB.fetch(
        "INSERT INTO post_revisions (post, editor, title, body) VALUES ($1, $2, $3, $4)",
        row["id"], viewer.id, row["title"], row["body"],
    )  # fmt: skip


def _given(value: Any, otherwise: Any) -> Any:
    return otherwise if value is UNSET else value


def _fingerprint(*parts: str) -> bytes:
    """What a repeated key is compared with: the words as they first came, not as they were edited."""
    return hashlib.sha256(msgspec.json.encode(parts)).digest()
