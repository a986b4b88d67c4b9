"""The verbs of comments: one transaction each."""

import hashlib

import asyncpg
import msgspec

from app.accounts.viewer import Viewer, require_writer
from app.comments import queries, writing
from app.comments.changing import KEEP, advance, lock, require, told
from app.comments.events import CommentUpdated
from app.comments.schemas import Comment, CommentChange, CommentDraft, NewComment
from app.database.engine import DB
from app.database.transaction import Change, retried, transaction
from app.drafts.schemas import edit_of
from app.drafts.services import send_draft
from app.live import channels
from app.mentions.services import Rendered, keep_in_comment, render
from app.notifications.jobs import notify_comment
from app.posts.policy import may as may_post
from app.posts.queries import get_row as get_post_row
from app.posts.words import clean_words
from app.web.errors import FieldError, Invalid, KeyReused, Locked, NotFound

_EDIT = """
UPDATE comments SET body = $2, body_html = $3, seq = $4,
    edited_at = clock_timestamp(), updated_at = clock_timestamp() WHERE id = $1
"""


async def post_comment(viewer: Viewer, post_id: int, new: NewComment) -> tuple[Comment, bool]:
    """Write a comment; with a `key` seen before, the first one and False.

    Raises Unauthenticated, Suspended, NotFound, Locked, Invalid (the parent), KeyReused (another text or target).
    """
    require_writer(viewer)
    body = clean_words("body", new.body)
    fingerprint = hashlib.sha256(msgspec.json.encode((post_id, new.parent_id, body))).digest()
    rendered = await render(viewer, body)
    draft = CommentDraft(
        post_id=post_id, parent_id=new.parent_id, body=body, body_html=rendered.html,
        author=viewer.as_author(), key=new.key,
    )  # fmt: skip
    try:
        data = await writing.insert(viewer, draft, fingerprint, rendered.named)
    except asyncpg.UniqueViolationError:
        return await _first_with(viewer, new.key, fingerprint), False
    if data is None:
        # A comment that the statement refused may still have been written before, under this key.
        return await _first_or_refusal(viewer, post_id, new, fingerprint), False
    return queries.just_written(data), True


async def _first_with(viewer: Viewer, key: str | None, fingerprint: bytes) -> Comment:
    rows = await DB.fetch(
        "SELECT id, fingerprint FROM comments WHERE author = $1 AND key = $2", viewer.id, key
    )
    if not rows:
        raise NotFound
    if rows[0]["fingerprint"] != fingerprint:
        raise KeyReused
    return await queries.get_comment(viewer, rows[0]["id"])


async def _first_or_refusal(viewer: Viewer, post_id: int, new: NewComment, fingerprint: bytes) -> Comment:
    post = await get_post_row(viewer, post_id)
    try:
        return await _first_with(viewer, new.key, fingerprint)
    except NotFound:
        pass
    if post["removed_at"] is not None:
        raise NotFound
    if not may_post("reply", viewer, post):
        raise Locked
    raise Invalid([FieldError("parent_id", "invalid", "The comment you answer is not in this thread.")])


async def edit_comment(viewer: Viewer, comment_id: int, wanted: CommentChange) -> Comment:
    """Change an own comment and keep what it said. Raises NotFound, Forbidden, Locked, Invalid."""
    if not isinstance(wanted.body, str):
        row = await queries.get_row(viewer, comment_id)
        require("edit", viewer, row)
        return await queries.get_comment(viewer, comment_id)
    body = clean_words("body", wanted.body)
    await _edit(viewer, comment_id, body, await render(viewer, body))
    return await queries.get_comment(viewer, comment_id)


@retried
async def _edit(viewer: Viewer, comment_id: int, body: str, rendered: Rendered) -> None:
    async with transaction() as change:
        row = await lock(viewer, comment_id)
        require("edit", viewer, row)
        await send_draft(viewer.id, edit_of("comment", comment_id))
        if body == row["body"]:
            return
        await DB.fetch(KEEP, comment_id, viewer.id, row["body"])
        seq = await advance(change, row)
        await DB.fetch(_EDIT, comment_id, body, rendered.html, seq)
        named = await keep_in_comment(comment_id, rendered.named)
        await change.record(CommentUpdated(await told(viewer, comment_id)))
        if named:
            await change.enqueue(notify_comment, comment_id=comment_id, named_only=True)


async def lock_reactions(comment_id: int) -> int | None:
    """Hold the comment while its reactions are counted; the id of its post, None when another has it."""
    rows = await DB.fetch("SELECT post FROM comments WHERE id = $1 FOR NO KEY UPDATE SKIP LOCKED", comment_id)
    return rows[0]["post"] if rows else None


async def write_reactions(change: Change, comment_id: int, post_id: int, counts: dict[str, int]) -> None:
    name = channels.post(post_id)
    seq = (await change.advance(name))[name]
    encoded = msgspec.json.encode(counts).decode()
    await DB.fetch(
        "UPDATE comments SET reactions = $2::jsonb, seq = $3 WHERE id = $1", comment_id, encoded, seq
    )
