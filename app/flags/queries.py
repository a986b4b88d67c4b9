"""Reading flags: by moderators, and one's own while it is open."""

from collections.abc import Collection, Mapping
from typing import Any

import msgspec

from app.accounts.authors import Author
from app.accounts.viewer import Viewer, require_moderator
from app.database.engine import DB
from app.flags.schemas import Flag, Flagged, Named, Status
from app.posts.schemas import post_url
from app.times import iso, iso_or_none
from app.web.errors import NotFound


def person(column: str) -> str:
    """SQL for the Author in a column, as JSON; null for who has left."""
    return f"""(SELECT json_build_object('id', users.id, 'username', users.username, 'role', users.role,
        'name', coalesce(profiles.display_name, users.username), 'avatar_url', profiles.avatar)::text
    FROM users LEFT JOIN profiles ON profiles."user" = users.id
    WHERE users.id = {column} AND users.left_at IS NULL)"""


SELECT = f"""
SELECT flags.*, posts.title, accused.username,
    {person("flags.reporter")} AS reported_by, {person("flags.resolver")} AS resolved_by
FROM flags LEFT JOIN posts ON posts.id = flags.post
LEFT JOIN users AS accused ON accused.id = flags.member AND accused.left_at IS NULL
"""
_LIST = f"{SELECT} WHERE $1::text IS NULL OR status = $1 ORDER BY flags.id DESC LIMIT $2 OFFSET $3"
_COUNT = "SELECT count(*) FROM flags WHERE $1::text IS NULL OR status = $1"


async def list_flags(
    moderator: Viewer, status: Status | None, page: int, per_page: int
) -> tuple[list[Flag], int]:
    """Newest first, and how many there are in all; two queries. Raises Unauthenticated, Forbidden."""
    require_moderator(moderator)
    total: int = (await DB.fetch(_COUNT, status))[0][0]
    rows = await DB.fetch(_LIST, status, per_page, (page - 1) * per_page)
    return [flag_of(row) for row in rows], total


async def get_flag(flag_id: int) -> Flag:
    """Whoever asks. Raises NotFound."""
    found = await read_flags([flag_id])
    if not found:
        raise NotFound
    return found[0]


async def read_flags(ids: Collection[int]) -> list[Flag]:
    """By id."""
    rows = await DB.fetch(f"{SELECT} WHERE flags.id = ANY($1::bigint[]) ORDER BY flags.id", ids)
    return [flag_of(row) for row in rows]


async def find_open(reporter_id: int | None, named: Named) -> Flag | None:
    """What this member has said of it and nobody has decided yet."""
    rows = await DB.fetch(
        f"{SELECT} WHERE flags.reporter = $1 AND flags.{named.column} = $2 AND status = 'open'",
        reporter_id,
        named.id,
    )
    return flag_of(rows[0]) if rows else None


def flag_of(row: Mapping[str, Any]) -> Flag:
    return Flag(
        id=row["id"],
        subject=subject_of(row),
        reason=row["reason"],
        note=row["note"],
        status=row["status"],
        reporter=author_in(row["reported_by"]),
        resolver=author_in(row["resolved_by"]),
        resolved_at=iso_or_none(row["resolved_at"]),
        created_at=iso(row["created_at"]),
    )


def subject_of(row: Mapping[str, Any]) -> Flagged:
    if row["member"] is not None:
        # Of a member who has left there is no page any more.
        return Flagged("user", row["member"], f"/@{row['username']}" if row["username"] else "/moderation")
    if row["comment"] is not None:
        return Flagged("comment", row["comment"], f"/comments/{row['comment']}")
    return Flagged("post", row["post"], post_url(row["post"], row["title"]))


def author_in(found: str | None) -> Author | None:
    return msgspec.json.decode(found, type=Author) if found else None
