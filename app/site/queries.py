"""What feeds and the sitemap read: only what anybody may see."""

from datetime import datetime
from typing import Any

import msgspec

from app.accounts import authors
from app.accounts.viewer import ANONYMOUS
from app.comments import queries as comments
from app.comments.schemas import Comment
from app.database.engine import DB
from app.posts import queries as posts
from app.posts.schemas import Post, post_url
from app.times import iso

FRONT, THREAD = 30, 50
BLOCK = 10_000  # at most this many addresses on a page of the sitemap

_HEAD = "SELECT (SELECT id FROM installation) AS installation"


class Feed(msgspec.Struct, frozen=True):
    """`installation` makes ids that stay when the address changes; `changed` is None when there is nothing."""

    installation: Any
    changed: datetime | None
    posts: list[Post] = []
    comments: list[Comment] = []
    post: Post | None = None


async def read_front_feed() -> Feed:
    """The newest posts, of one moment; two queries.

    The last change is looked for among the removed ones between them too: to take one away changes the feed.
    """
    async with DB.snapshot():
        rows = await DB.fetch(
            f"""SELECT posts.*, {authors.COLUMNS} FROM posts {authors.joined_on("posts.author")}
            WHERE posts.removed_at IS NULL ORDER BY posts.id DESC LIMIT $1""",
            FRONT,
        )
        oldest = rows[-1]["id"] if rows else 1
        head = (
            await DB.fetch(f"{_HEAD}, (SELECT max(updated_at) FROM posts WHERE id >= $1) AS changed", oldest)
        )[0]
    return Feed(head["installation"], head["changed"], [posts.public(row) for row in rows])


async def read_thread_feed(post_id: int) -> Feed:
    """The newest comments of a post, of one moment; three queries. Raises NotFound."""
    async with DB.snapshot():
        post = await posts.get_row(ANONYMOUS, post_id)
        rows = await DB.fetch(
            f"""SELECT comments.*, {authors.COLUMNS} FROM comments {authors.joined_on("comments.author")}
            WHERE comments.post = $1 AND comments.removed_at IS NULL ORDER BY comments.id DESC LIMIT $2""",
            post_id, THREAD,
        )  # fmt: skip
        head = (
            await DB.fetch(
                f"{_HEAD}, (SELECT max(updated_at) FROM comments WHERE post = $1) AS changed", post_id
            )
        )[0]
    changed = max(moment for moment in (post["updated_at"], head["changed"]) if moment)
    shown = [comments.public(row) for row in rows]
    return Feed(head["installation"], changed, comments=shown, post=posts.public(post))


async def last_block() -> int:
    """The number of the sitemap's last page; the first is 1. Ids in blocks: a page never moves to another."""
    newest = (await DB.fetch("SELECT max(id) FROM posts"))[0][0] or 1
    return int((newest - 1) // BLOCK + 1)


async def list_block(number: int) -> list[tuple[str, str]]:
    """Where the posts of one page of the sitemap are, and when they last changed."""
    rows = await DB.fetch(
        """SELECT id, title, greatest(updated_at, last_activity_at) AS changed FROM posts
        WHERE id > $1 AND id <= $2 AND removed_at IS NULL ORDER BY id""",
        (number - 1) * BLOCK, number * BLOCK,
    )  # fmt: skip
    return [(post_url(row["id"], row["title"]), iso(row["changed"])) for row in rows]
