"""What the verbs of a post that is there begin and end with."""

from typing import Any

from app.accounts.jobs import recount_soon as recount_user_soon
from app.accounts.viewer import Viewer
from app.database.engine import DB
from app.database.transaction import Change
from app.live import channels
from app.posts import queries
from app.posts.policy import may
from app.posts.schemas import Post
from app.tags.jobs import recount_soon as recount_tags_soon
from app.web.errors import Forbidden, NotFound, Unauthenticated


async def lock(viewer: Viewer, post_id: int) -> Any:
    """The post, held until the change ends. Raises NotFound."""
    rows = await DB.fetch("SELECT * FROM posts WHERE id = $1 FOR UPDATE", post_id)
    if not rows or not may("read", viewer, rows[0]):
        raise NotFound
    return rows[0]


def require(verb: str, viewer: Viewer, row: Any) -> None:
    """Raises Unauthenticated, Forbidden."""
    if not viewer.signed_in:
        raise Unauthenticated
    if not may(verb, viewer, row):
        raise Forbidden


def require_concerned(viewer: Viewer, author: int | None) -> None:
    """Even where there is nothing to do, only the author and moderators are told so.

    Raises Unauthenticated, Forbidden.
    """
    if not viewer.signed_in:
        raise Unauthenticated
    if not viewer.is_member(author) and not viewer.is_moderator:
        raise Forbidden


async def advance(change: Change, post_id: int) -> int:
    """The place that the change has in the post's own channel; it takes one in `posts` as well."""
    name = channels.post(post_id)
    return (await change.advance(name, channels.POSTS))[name]


async def told(viewer: Viewer, post_id: int) -> Post:
    """The post as everybody is told of it now."""
    return queries.public(await queries.get_row(viewer, post_id))


async def recount_soon(change: Change, author: int | None, tags: list[str]) -> None:
    await recount_tags_soon(change, tags)
    await recount_user_soon(change, author)
