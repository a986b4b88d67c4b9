"""Reading comments, always as someone: those of a post that a viewer may not see are not found."""

from collections.abc import Mapping
from typing import Any

import msgspec

from app.accounts import authors
from app.accounts.viewer import Viewer
from app.comments.policy import may
from app.comments.schemas import Comment, CommentViewer, Stretch, ThreadPage, comment_url
from app.comments.threads import MAX_DEPTH, PAGE
from app.database.engine import DB
from app.live import channels
from app.posts.policy import may as may_post
from app.posts.queries import for_viewer as post_for_viewer
from app.posts.queries import get_post, position, removal_of
from app.posts.queries import get_row as get_post_row
from app.posts.schemas import Revision
from app.times import iso, iso_or_none
from app.web.errors import NotFound

# $1 is always the viewer, null for nobody in particular.
COLUMNS = f"""comments.*, {authors.COLUMNS},
    ARRAY(SELECT kind FROM reactions WHERE reactions.comment = comments.id AND reactions."user" = $1::bigint
        ORDER BY reactions.id) AS own_reactions"""
SOURCE = f"comments {authors.joined_on('comments.author')}"
_PARENT = """,
    posts.author AS post_author, posts.removed_at AS post_removed_at, posts.locked_at AS post_locked_at
"""


_BRANCH = f"""
WITH RECURSIVE branch (id) AS (
    SELECT $2::bigint UNION ALL SELECT comments.id FROM comments JOIN branch ON comments.parent = branch.id
)
SELECT {COLUMNS} FROM {SOURCE} WHERE comments.id IN (SELECT id FROM branch) ORDER BY comments.id LIMIT $3
"""


async def list_comments(viewer: Viewer, post_id: int, after: int, limit: int) -> Stretch:
    """Comments with a greater id than `after`, and the channel's position, all of one moment.

    Two queries in one snapshot: a position read before or after its comments loses or repeats some
    (LIVE.md 4.1). Raises NotFound.
    """
    async with DB.snapshot():
        post = await get_post_row(viewer, post_id)
        return await stretch(viewer, post, after, limit)


async def stretch(viewer: Viewer, post: Mapping[str, Any], after: int, limit: int) -> Stretch:
    """The same for a caller who has a snapshot open, and the post out of it."""
    rows = await DB.fetch(
        f"SELECT {COLUMNS} FROM {SOURCE} WHERE comments.post = $2 AND comments.id > $3 ORDER BY comments.id LIMIT $4",
        viewer.id, post["id"], after, limit + 1,
    )  # fmt: skip
    locked = post["locked_at"] is not None
    comments = [in_thread(row, viewer, locked=locked) for row in rows[:limit]]
    next_after = comments[-1].id if len(rows) > limit else None
    return Stretch(comments, await position(channels.post(post["id"])), next_after)


async def read_thread(viewer: Viewer, post_id: int, after: int) -> ThreadPage:
    """A post with its comments from `after` on, all of one moment. Raises NotFound."""
    async with DB.snapshot():
        post = await get_post_row(viewer, post_id)
        part = await stretch(viewer, post, after, PAGE)
    shown = post_for_viewer(post, viewer)
    return ThreadPage(shown, part.comments, part.position, after, part.next_after, None)


async def read_branch(viewer: Viewer, comment_id: int) -> ThreadPage:
    """A comment with everything below it, all of one moment. Raises NotFound."""
    async with DB.snapshot():
        post = await get_post_row(viewer, (await get_row(viewer, comment_id))["post"])
        rows = await DB.fetch(_BRANCH, viewer.id, comment_id, PAGE + 1)
        place = await position(channels.post(post["id"]))
    locked = post["locked_at"] is not None
    comments = [in_thread(row, viewer, locked=locked) for row in rows[:PAGE]]
    # Whoever goes to a comment itself wants to read it, even where a block hides it from the thread.
    comments[0] = for_viewer(rows[0], viewer, locked=locked)
    return ThreadPage(post_for_viewer(post, viewer), comments, place, 0, None, comments[0])


async def place_of(viewer: Viewer, comment: Comment) -> str:
    """Where the comment is to be seen: in its thread, or on a page of its own if that shows too little."""
    rows = await DB.fetch(
        "SELECT count(*) FROM comments WHERE post = $1 AND id <= $2", comment.post_id, comment.id
    )
    if rows[0][0] > PAGE or comment.depth > MAX_DEPTH:
        return comment.url
    return f"{(await get_post(viewer, comment.post_id)).url}#comment-{comment.id}"


async def get_comment(viewer: Viewer, comment_id: int) -> Comment:
    """The comment as this viewer may see it. Raises NotFound."""
    row = await get_row(viewer, comment_id)
    return for_viewer(row, viewer, locked=row["post_locked_at"] is not None)


async def get_row(viewer: Viewer, comment_id: int) -> Any:
    rows = await DB.fetch(
        f"SELECT {COLUMNS}{_PARENT} FROM {SOURCE} JOIN posts ON posts.id = comments.post WHERE comments.id = $2",
        viewer.id,
        comment_id,
    )
    if not rows or not may_post("read", viewer, _post_of(rows[0])):
        raise NotFound
    return rows[0]


async def list_revisions(viewer: Viewer, comment_id: int) -> list[Revision]:
    """What the comment said before each edit; of a removed one only moderators read it. Raises NotFound."""
    row = await get_row(viewer, comment_id)
    if row["removed_at"] is not None and not viewer.is_moderator:
        raise NotFound
    rows = await DB.fetch(
        f"""SELECT comment_revisions.*, {authors.COLUMNS}
        FROM comment_revisions {authors.joined_on("comment_revisions.editor")}
        WHERE comment = $1 ORDER BY comment_revisions.id""",
        comment_id,
    )
    return [Revision(r["id"], authors.author_of(r), None, r["body"], iso(r["created_at"])) for r in rows]


def just_written(data: str) -> Comment:
    """The comment in the event that tells of it, as its writer sees it."""
    part = CommentViewer(reactions=[], can=["reply", "edit", "remove", "react"])
    return msgspec.structs.replace(msgspec.json.decode(data, type=Comment), viewer=part)


def for_viewer(row: Mapping[str, Any], viewer: Viewer, *, locked: bool) -> Comment:
    can = [
        verb
        for verb in ("reply", "edit", "remove", "restore", "react", "flag")
        if may(verb, viewer, row, locked=locked)
    ]
    part = CommentViewer(reactions=list(row["own_reactions"]), can=can) if viewer.signed_in else None
    return msgspec.structs.replace(public(row), viewer=part)


def in_thread(row: Mapping[str, Any], viewer: Viewer, *, locked: bool) -> Comment:
    """The same among others: one that a block hides keeps its place, so that the answers to it keep theirs."""
    comment = for_viewer(row, viewer, locked=locked)
    if row["author"] not in viewer.hidden or comment.removed:
        return comment
    nothing = CommentViewer(reactions=[], can=[])
    return msgspec.structs.replace(
        comment, body=None, body_html=None, author=None, key=None, reactions={}, viewer=nothing
    )


def public(row: Mapping[str, Any]) -> Comment:
    """The comment as everybody is told of it; what was removed is not in it."""
    gone = row["removed_at"] is not None
    return Comment(
        id=row["id"],
        post_id=row["post"],
        parent_id=row["parent"],
        depth=row["depth"],
        body=None if gone else row["body"],
        body_html=None if gone else row["body_html"],
        author=None if gone else authors.author_of(row),
        key=row["key"],
        reactions=msgspec.json.decode(row["reactions"]),
        replies_count=row["replies_count"],
        removed=removal_of(row),
        edited_at=iso_or_none(row["edited_at"]),
        created_at=iso(row["created_at"]),
        updated_at=iso(row["updated_at"]),
        seq=row["seq"],
        url=comment_url(row["id"]),
    )


def _post_of(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "author": row["post_author"],
        "removed_at": row["post_removed_at"],
        "locked_at": row["post_locked_at"],
    }
