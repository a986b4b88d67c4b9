"""Reading posts, always as someone: what a viewer may not see is not found."""

from collections.abc import Mapping
from typing import Any

import msgspec

from app.accounts import authors
from app.accounts.viewer import ANONYMOUS, Viewer, require_member
from app.database.engine import DB
from app.database.patterns import containing
from app.live import channels
from app.posts.policy import may
from app.posts.schemas import Front, Position, Post, PostViewer, Removal, Revision, Sort, post_url
from app.times import iso, iso_or_none
from app.web.errors import NotFound

# $1 is always the viewer, null for nobody in particular.
COLUMNS = f"""posts.*, {authors.COLUMNS}, reads.comment AS read_comment,
    ARRAY(SELECT kind FROM reactions WHERE reactions.post = posts.id AND reactions."user" = $1::bigint
        ORDER BY reactions.id) AS own_reactions,
    CASE WHEN reads.post IS NULL THEN posts.comments_count ELSE (
        SELECT count(*) FROM comments WHERE comments.post = posts.id AND comments.id > reads.comment
            AND comments.removed_at IS NULL AND comments.author IS DISTINCT FROM $1::bigint
            AND (comments.author = ANY((SELECT hubbub_hidden_from($1::bigint))::bigint[])) IS NOT TRUE
    ) END AS unread_count, post_follows.level AS follow_level"""
SOURCE = f"""posts {authors.joined_on("posts.author")}
    LEFT JOIN reads ON reads.post = posts.id AND reads."user" = $1::bigint
    LEFT JOIN post_follows ON post_follows.post = posts.id AND post_follows."user" = $1::bigint"""
POPULAR = 10
VERBS = ("reply", "edit", "remove", "restore", "react", "flag", "lock", "pin")

_ORDERS = {
    "active": "posts.last_activity_at DESC, posts.id DESC",
    "recent": "posts.id DESC",
    "popular": "posts.comments_count DESC, posts.id DESC",
}
_IN_ORDER = (
    f"SELECT {COLUMNS} FROM {SOURCE} WHERE {{where}} ORDER BY {{order}} LIMIT {{limit}} OFFSET {{offset}}"
)
# The few that are pinned, and the others by the index of their order, so that no list is sorted whole.
_PINNED_FIRST = f"""
WITH pinned AS MATERIALIZED (
    SELECT id, row_number() OVER (ORDER BY {{order}}) AS place FROM posts
    WHERE pinned_at IS NOT NULL AND {{where}}
), others AS MATERIALIZED (
    SELECT id FROM posts WHERE pinned_at IS NULL AND {{where}} ORDER BY {{order}}
    LIMIT {{limit}} OFFSET greatest(0, {{offset}} - (SELECT count(*) FROM pinned))
), shown AS (
    SELECT id FROM pinned WHERE place > {{offset}} UNION ALL SELECT id FROM others
)
SELECT {COLUMNS} FROM {SOURCE} WHERE posts.id IN (SELECT id FROM shown)
ORDER BY posts.pinned_at IS NULL, {{order}} LIMIT {{limit}}
"""
_FOLLOWED = """(
    EXISTS (SELECT FROM post_follows WHERE post = posts.id AND "user" = {reader}::bigint AND level = 'following')
    OR posts.author IN (SELECT member FROM member_follows WHERE "user" = {reader}::bigint)
    OR posts.tags && ARRAY(SELECT tag FROM tag_follows WHERE "user" = {reader}::bigint))"""
_NOT_MUTED = """
NOT EXISTS (SELECT FROM post_follows WHERE post = posts.id AND "user" = {reader}::bigint AND level = 'muted')"""


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """Which posts to list; None and "" mean all."""

    sort: Sort = "active"
    tag: str | None = None
    author: str | None = None
    commented_by: str | None = None
    following: bool = False
    q: str | None = None

    @property
    def plain(self) -> bool:
        """Whether it is the whole front page, at whose head the pinned posts stand."""
        return not self.narrow and not self.following

    @property
    def narrow(self) -> bool:
        """Whether somebody looks for something, and does not just look around."""
        return any((self.tag, self.author, self.commented_by, self.q))


async def list_posts(viewer: Viewer, wanted: Filter, page: int, per_page: int) -> tuple[list[Post], int]:
    """One page of visible posts, and how many there are in all; two queries.

    Raises Unauthenticated for what somebody follows who is not signed in.
    """
    where, args = _conditions(viewer, wanted, 1)
    counted = await DB.fetch(f"SELECT count(*) FROM posts WHERE {where}", *args)
    where, args = _conditions(viewer, wanted, 2)
    shown = _PINNED_FIRST if wanted.plain else _IN_ORDER
    rows = await DB.fetch(
        shown.format(where=where, order=_ORDERS[wanted.sort], limit=per_page, offset=(page - 1) * per_page),
        viewer.id,
        *args,
    )
    return [for_viewer(row, viewer) for row in rows], counted[0][0]


async def read_front(viewer: Viewer, wanted: Filter, page: int, per_page: int) -> Front:
    """The front page, all of one moment, so that what comes live goes on exactly from it."""
    async with DB.snapshot():
        posts, total = await list_posts(viewer, wanted, page, per_page)
        return Front(posts, total, await position(channels.POSTS))


async def position(channel: str) -> Position:
    """Where a channel stands, as this snapshot sees it."""
    row = (await DB.fetch("SELECT hubbub_epoch() AS epoch, seq FROM channels WHERE name = $1", channel))[0]
    return Position(channel, row["epoch"], row["seq"])


async def get_post(viewer: Viewer, post_id: int) -> Post:
    """The post as this viewer may see it. Raises NotFound."""
    return for_viewer(await get_row(viewer, post_id), viewer)


async def get_row(viewer: Viewer, post_id: int) -> Any:
    rows = await DB.fetch(f"SELECT {COLUMNS} FROM {SOURCE} WHERE posts.id = $2", viewer.id, post_id)
    if not rows or not may("read", viewer, rows[0]):
        raise NotFound
    return rows[0]


async def list_revisions(viewer: Viewer, post_id: int) -> list[Revision]:
    """What the post said before each edit, oldest first. Raises NotFound."""
    await get_row(viewer, post_id)
    rows = await DB.fetch(
        f"""SELECT post_revisions.*, {authors.COLUMNS}
        FROM post_revisions {authors.joined_on("post_revisions.editor")}
        WHERE post = $1 ORDER BY post_revisions.id""",
        post_id,
    )
    return [
        Revision(r["id"], authors.author_of(r), r["title"], r["body"], iso(r["created_at"])) for r in rows
    ]


def for_viewer(row: Mapping[str, Any], viewer: Viewer) -> Post:
    """The post with what this viewer did and may do; `viewer` is null for the anonymous."""
    return msgspec.structs.replace(public(row), viewer=_viewer_part(row, viewer))


def public(row: Mapping[str, Any]) -> Post:
    """The post as everybody is told of it, without `viewer`."""
    return Post(
        id=row["id"],
        title=row["title"],
        body=row["body"],
        body_html=row["body_html"],
        excerpt=row["excerpt"],
        tags=list(row["tags"]),
        author=authors.author_of(row),
        comments_count=row["comments_count"],
        reactions=msgspec.json.decode(row["reactions"]),
        locked=row["locked_at"] is not None,
        pinned=row["pinned_at"] is not None,
        removed=removal_of(row),
        edited_at=iso_or_none(row["edited_at"]),
        last_activity_at=iso(row["last_activity_at"]),
        created_at=iso(row["created_at"]),
        updated_at=iso(row["updated_at"]),
        seq=row["seq"],
        url=post_url(row["id"], row["title"]),
    )


def removal_of(row: Mapping[str, Any]) -> Removal | None:
    if row["removed_at"] is None:
        return None
    return Removal(row["removed_by"], row["removed_reason"], iso(row["removed_at"]))


def _viewer_part(row: Mapping[str, Any], viewer: Viewer) -> PostViewer | None:
    if viewer is ANONYMOUS or not viewer.signed_in:
        return None
    can = [verb for verb in VERBS if may(verb, viewer, row)]
    return PostViewer(
        reactions=list(row["own_reactions"]),
        can=can,
        following=row["follow_level"] == "following",
        muted=row["follow_level"] == "muted",
        read_comment_id=row["read_comment"],
        unread_count=row["unread_count"],
    )


def _conditions(viewer: Viewer, wanted: Filter, first: int) -> tuple[str, list[object]]:
    args: list[object] = []

    def bound(value: object) -> str:
        args.append(value)
        return f"${first + len(args) - 1}"

    parts = ["posts.removed_at IS NULL"]
    if wanted.sort == "popular":
        parts.append(f"posts.comments_count > {POPULAR}")
    if wanted.tag:
        parts.append(f"posts.tags @> ARRAY[{bound(wanted.tag.lower())}]::varchar[]")
    if wanted.author:
        name = bound(wanted.author.lower())
        parts.append(
            f"posts.author = (SELECT id FROM users WHERE left_at IS NULL AND lower(username) = {name})"
        )
    if wanted.commented_by:
        name = bound(wanted.commented_by.lower())
        parts.append(
            f"""EXISTS (SELECT FROM comments JOIN users AS writer ON writer.id = comments.author
            WHERE comments.post = posts.id AND comments.removed_at IS NULL AND writer.left_at IS NULL
                AND lower(writer.username) = {name})"""
        )
    if wanted.following:
        parts.append(_FOLLOWED.format(reader=bound(require_member(viewer))))
    if wanted.q and wanted.q.strip():
        parts.append(f"posts.title ILIKE {bound(containing(wanted.q.strip()))}")
    if viewer.signed_in and not wanted.narrow:
        parts.append(_NOT_MUTED.format(reader=bound(viewer.id)))
    if viewer.hidden:
        parts.append(f"(posts.author = ANY({bound(list(viewer.hidden))}::bigint[])) IS NOT TRUE")
    return " AND ".join(parts), args
