"""Reading one's own drafts. What is about something removed waits unseen until that is back."""

from collections.abc import Mapping
from typing import Any

from app.accounts import authors
from app.accounts.viewer import Viewer, require_member
from app.comments.policy import may as may_comment
from app.comments.queries import get_row as get_comment_row
from app.database.engine import DB
from app.drafts.schemas import Begun, Draft, Subject
from app.posts.policy import may as may_post
from app.posts.queries import get_row as get_post_row
from app.times import iso
from app.web.errors import Forbidden, NotFound

# Of a removed comment nobody says whose it was.
_WHOSE = "CASE WHEN comments.id IS NULL THEN posts.author WHEN comments.removed_at IS NULL THEN comments.author END"
_KEPT = f"""
FROM drafts LEFT JOIN comments ON comments.id = drafts.comment
    LEFT JOIN posts ON posts.id = coalesce(drafts.post, comments.post)
    {authors.joined_on(_WHOSE)}
WHERE drafts."user" = $1 AND drafts.dropped_at IS NULL AND posts.removed_at IS NULL
    AND (comments.removed_at IS NULL OR drafts.subject LIKE 'reply:%')
"""
_LIST = f"""
SELECT drafts.*, posts.title AS post_title, {authors.COLUMNS} {_KEPT}
ORDER BY drafts.updated_at DESC, drafts.id DESC LIMIT $2 OFFSET $3
"""


async def list_drafts(viewer: Viewer, page: int, per_page: int) -> tuple[list[Draft], int]:
    """One page of the viewer's drafts, the last one written first, and how many there are; two queries.

    Raises Unauthenticated.
    """
    begun, total = await list_begun(viewer, page, per_page)
    return [one.draft for one in begun], total


async def list_begun(viewer: Viewer, page: int, per_page: int) -> tuple[list[Begun], int]:
    """The same with what each is about."""
    user_id = require_member(viewer)
    counted = await DB.fetch(f"SELECT count(*) {_KEPT}", user_id)
    rows = await DB.fetch(_LIST, user_id, per_page, (page - 1) * per_page)
    return [_begun_of(row) for row in rows], counted[0][0]


async def get_draft(viewer: Viewer, subject: Subject) -> Draft:
    """Raises Unauthenticated, NotFound."""
    found = await find_draft(require_member(viewer), str(subject))
    if found is None:
        raise NotFound
    return found


async def find_draft(user_id: int, subject: str) -> Draft | None:
    rows = await DB.fetch(f"SELECT drafts.* {_KEPT} AND drafts.subject = $2", user_id, subject)
    return draft_of(rows[0]) if rows else None


async def require_open(viewer: Viewer, subject: Subject) -> None:
    """That this viewer may write about the subject, closed threads included: those may open again.

    Raises NotFound, Forbidden.
    """
    match subject.noun:
        case "post":
            row = await get_post_row(viewer, subject.id)
            allowed = row["removed_at"] is None and (subject.verb == "reply" or may_post("edit", viewer, row))
        case "comment":
            row = await get_comment_row(viewer, subject.id)
            if row["post_removed_at"] is not None:
                raise NotFound
            allowed = may_comment(subject.verb, viewer, row, locked=False)
        case _:
            return
    if row["removed_at"] is not None and not allowed:
        raise NotFound
    if not allowed:
        raise Forbidden


def _begun_of(row: Mapping[str, Any]) -> Begun:
    about = Subject.parse(row["subject"])
    return Begun(draft_of(row), about, row["post_title"], authors.author_of(row))


def draft_of(row: Mapping[str, Any]) -> Draft:
    """One that was sent or dropped has no words any more, whatever the row still has."""
    gone = row["dropped_at"] is not None
    return Draft(
        subject=row["subject"],
        title=None if gone else row["title"],
        body="" if gone else row["body"],
        tags=[] if gone else list(row["tags"]),
        version=row["version"],
        updated_at=iso(row["updated_at"]),
    )
