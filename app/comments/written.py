"""What one member wrote, newest first, as everybody may read it."""

import msgspec

from app.accounts import authors
from app.accounts.viewer import Viewer
from app.comments.queries import public
from app.comments.schemas import Comment
from app.database.engine import DB
from app.posts.schemas import post_url

_LIST = f"""
SELECT comments.*, {authors.COLUMNS}, posts.title AS post_title
FROM comments {authors.joined_on("comments.author")} JOIN posts ON posts.id = comments.post
WHERE comments.author = $1 AND comments.removed_at IS NULL AND posts.removed_at IS NULL
ORDER BY comments.id DESC LIMIT $2 OFFSET $3
"""


class Remark(msgspec.Struct, frozen=True):
    """A comment, and the post that it is on."""

    comment: Comment
    post_title: str
    post_url: str


async def list_written(viewer: Viewer, author_id: int, page: int, per_page: int) -> list[Remark]:
    """One page of a member's comments; those of a removed post are not among them, nor any that a block hides."""
    if author_id in viewer.hidden:
        return []
    rows = await DB.fetch(_LIST, author_id, per_page, (page - 1) * per_page)
    return [Remark(public(row), row["post_title"], post_url(row["post"], row["post_title"])) for row in rows]
