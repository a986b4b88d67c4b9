"""Reading the log, which only moderators do."""

from collections.abc import Mapping
from typing import Any

from app.accounts import authors
from app.accounts.viewer import Viewer, require_moderator
from app.database.engine import DB
from app.moderation.schemas import LogEntry, LogPage, Noun, Subject
from app.posts.schemas import post_url
from app.times import iso

_LIST = f"""
SELECT lines.*, {authors.COLUMNS}, posts.id AS post_id, posts.title, person.username,
    coalesce(named.display_name, person.username) AS person_name
FROM moderation_actions AS lines {authors.joined_on("lines.actor")}
LEFT JOIN comments ON lines.subject_type = 'comment' AND comments.id = lines.subject_id
LEFT JOIN posts ON posts.id = CASE lines.subject_type WHEN 'post' THEN lines.subject_id ELSE comments.post END
LEFT JOIN users AS person ON lines.subject_type = 'user' AND person.id = lines.subject_id AND person.left_at IS NULL
LEFT JOIN profiles AS named ON named."user" = person.id
WHERE lines.id < $1 AND ($2::text IS NULL OR lines.subject_type = $2)
ORDER BY lines.id DESC LIMIT $3
"""


async def list_actions(viewer: Viewer, noun: Noun | None, before: int, limit: int) -> LogPage:
    """Lines with a smaller id than `before`, newest first; of one kind of subject, or of all.

    Raises Unauthenticated, Forbidden.
    """
    require_moderator(viewer)
    rows = await DB.fetch(_LIST, before, noun, limit + 1)
    entries = [_entry(row) for row in rows[:limit]]
    return LogPage(entries, str(entries[-1].id) if len(rows) > limit else None)


def _entry(row: Mapping[str, Any]) -> LogEntry:
    return LogEntry(
        id=row["id"],
        actor=authors.author_of(row),
        action=row["action"],
        subject=_subject(row),
        reason=row["reason"],
        created_at=iso(row["created_at"]),
    )


def _subject(row: Mapping[str, Any]) -> Subject:
    number = row["subject_id"]
    if row["subject_type"] == "user":
        # Who has left has no page any more, and their name is nobody's.
        url = f"/@{row['username']}" if row["username"] else f"/users/{number}/management"
        return Subject("user", number, row["person_name"], url)
    if row["subject_type"] == "comment":
        return Subject("comment", number, row["title"], f"/comments/{number}")
    return Subject("post", number, row["title"], post_url(number, row["title"] or ""))
