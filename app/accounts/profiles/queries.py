"""Finding members."""

import msgspec

from app.accounts.profiles.schemas import Role
from app.accounts.queries import SELECT, for_viewer
from app.accounts.schemas import User
from app.accounts.viewer import Viewer, require_member
from app.database.engine import DB
from app.database.patterns import containing

_MATCH = """
users.left_at IS NULL AND (users.username ILIKE $1 OR profiles.display_name ILIKE $1)
    AND ($2::text IS NULL OR users.role = $2) AND users.id <> ALL($3::bigint[])
"""
_COUNT = f"""
SELECT count(*) FROM users LEFT JOIN profiles ON profiles."user" = users.id WHERE {_MATCH}
"""
_FIND = f"""
{SELECT} WHERE {_MATCH}
ORDER BY lower(users.username) = lower($4) DESC, starts_with(lower(users.username), lower($4)) DESC,
    lower(users.username) LIMIT $5 OFFSET $6
"""

_COUNT_WRITTEN = """
SELECT (SELECT count(*) FROM posts WHERE author = $1 AND removed_at IS NULL) AS posts,
    (SELECT count(*) FROM comments JOIN posts ON posts.id = comments.post
     WHERE comments.author = $1 AND comments.removed_at IS NULL AND posts.removed_at IS NULL) AS comments
"""


class Written(msgspec.Struct, frozen=True):
    """How many posts and comments of a member can be read by everybody."""

    posts: int
    comments: int


async def count_written(user_id: int) -> Written:
    """Counted now: a page with a list under the number cannot wait for the counters."""
    row = (await DB.fetch(_COUNT_WRITTEN, user_id))[0]
    return Written(row["posts"], row["comments"])


async def search_users(
    viewer: Viewer, q: str, role: Role | None, page: int, per_page: int
) -> tuple[list[User], int]:
    """Members whose name or username contains `q` to the letter, and how many; a blank `q` finds none.

    Those whose username begins so come first; nobody is among them whom a block hides.

    Two queries. Raises Unauthenticated.
    """
    require_member(viewer)
    wanted = q.strip()
    if not wanted or "\0" in wanted:
        return [], 0
    match = (containing(wanted), role, list(viewer.hidden))
    counted = await DB.fetch(_COUNT, *match)
    rows = await DB.fetch(_FIND, *match, wanted, per_page, (page - 1) * per_page)
    return [for_viewer(row, viewer) for row in rows], counted[0][0]
