"""What flags are about, as it stands before who judges it."""

from collections.abc import Mapping
from typing import Any

import msgspec

from app.accounts.authors import Author
from app.database.engine import DB
from app.flags.queries import author_in, person, subject_of
from app.flags.schemas import Flagged, Named
from app.posts.queries import removal_of
from app.posts.schemas import Removal

# Of `about`, which has columns `post`, `comment` and `member`, one of them not null.
COLUMNS = f"""
    about.post, about.comment, about.member, accused.username, posts.title,
    CASE WHEN about.comment IS NOT NULL THEN comments.body_html WHEN about.post IS NOT NULL THEN posts.body_html
        ELSE profiles.bio_html END AS html,
    {person("coalesce(about.member, comments.author, posts.author)")} AS written_by,
    coalesce(comments.removed_at, posts.removed_at) AS removed_at,
    CASE WHEN comments.removed_at IS NOT NULL THEN comments.removed_by ELSE posts.removed_by END AS removed_by,
    CASE WHEN comments.removed_at IS NOT NULL THEN comments.removed_reason ELSE posts.removed_reason END
        AS removed_reason
"""
JOINED = """
LEFT JOIN comments ON comments.id = about.comment
LEFT JOIN posts ON posts.id = coalesce(about.post, comments.post)
LEFT JOIN users AS accused ON accused.id = about.member AND accused.left_at IS NULL
LEFT JOIN profiles ON profiles."user" = accused.id
"""
_READ = f"""
SELECT {COLUMNS} FROM (SELECT CASE $1::text WHEN 'post' THEN $2::bigint END AS post,
    CASE $1 WHEN 'comment' THEN $2 END AS comment, CASE $1 WHEN 'user' THEN $2 END AS member) AS about {JOINED}
"""


class Thing(msgspec.Struct, frozen=True, kw_only=True):
    """`title` is the post's; `html` what was written, of a member what they say of themself; `author` whose it is."""

    subject: Flagged
    title: str | None
    html: str | None
    author: Author | None
    removed: Removal | None


async def read_thing(named: Named) -> Thing:
    """For a caller who has seen to it that it is there and may be read."""
    return thing_of((await DB.fetch(_READ, named.noun, named.id))[0])


def thing_of(row: Mapping[str, Any]) -> Thing:
    """Out of a row with `COLUMNS`."""
    return Thing(
        subject=subject_of(row),
        title=row["title"],
        html=row["html"],
        author=author_in(row["written_by"]),
        removed=removal_of(row),
    )
