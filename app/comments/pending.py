"""Replies written before their writer had an account: kept, and posted when they are in."""

import hashlib
import secrets

from app.accounts.viewer import Viewer
from app.comments.cookies import KEPT_DAYS
from app.comments.queries import place_of
from app.comments.schemas import NewComment, Pending
from app.comments.services import post_comment
from app.database.engine import DB
from app.database.transaction import transaction
from app.posts.queries import get_row
from app.posts.schemas import post_url
from app.posts.words import clean_words

_DROP = "DELETE FROM pending_replies WHERE token_hash = $1"
_FIND = """
SELECT pending_replies.body, posts.id, posts.title FROM pending_replies
JOIN posts ON posts.id = pending_replies.post WHERE token_hash = $1
"""
_KEEP = """
INSERT INTO pending_replies (token_hash, post, parent, body, key)
VALUES ($1, $2, (SELECT id FROM comments WHERE id = $3 AND post = $2), $4, $5)
"""


async def keep_reply(viewer: Viewer, post_id: int, new: NewComment) -> str:
    """Keep a reply for seven days; the token that claims it. Raises NotFound, Invalid."""
    body = clean_words("body", new.body)
    await get_row(viewer, post_id)
    token = secrets.token_urlsafe(32)
    key = new.key or secrets.token_urlsafe(16)
    async with transaction():
        await DB.fetch(_KEEP, _hash(token), post_id, new.parent_id, body, key)
    return token


async def find_pending(token: str) -> Pending | None:
    """What waits under this token, to be shown beside the sign-up form."""
    rows = await DB.fetch(_FIND, _hash(token))
    if not rows:
        return None
    return Pending(rows[0]["body"], rows[0]["title"], post_url(rows[0]["id"], rows[0]["title"]))


async def claim_pending(viewer: Viewer, token: str) -> str | None:
    """Post what waits under this token as this viewer; the address of the comment, None if nothing waits.

    The comment comes first and the waiting row goes after: killed between the two, its key keeps a second
    claim from posting it twice. Raises what `post_comment` raises, and then the words still wait.
    """
    rows = await DB.fetch(
        "SELECT post, parent, body, key FROM pending_replies WHERE token_hash = $1", _hash(token)
    )
    if not rows:
        return None
    row = rows[0]
    new = NewComment(body=row["body"], parent_id=row["parent"], key=row["key"])
    comment, _ = await post_comment(viewer, row["post"], new)
    async with transaction():
        await DB.fetch(_DROP, _hash(token))
    return await place_of(viewer, comment)


async def words_for(token: str, post_id: int) -> str:
    """The words that wait under this token for this post, to be in its composer; "" if there are none."""
    rows = await DB.fetch(
        "SELECT body FROM pending_replies WHERE token_hash = $1 AND post = $2", _hash(token), post_id
    )
    return rows[0]["body"] if rows else ""


async def thread_of(token: str) -> str | None:
    """The thread that a waiting reply is for."""
    waiting = await find_pending(token)
    return waiting.url if waiting else None


async def drop_old() -> None:
    """Forget replies that nobody came back for."""
    async with transaction():
        await DB.fetch(
            "DELETE FROM pending_replies WHERE created_at < now() - make_interval(days => $1)", KEPT_DAYS
        )


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
