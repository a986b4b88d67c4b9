"""Texts with the people who are named in them, and the rows that remember who was named where."""

import msgspec

from app import markdown
from app.accounts.viewer import Viewer
from app.database.engine import DB
from app.mentions.syntax import Named, names_in

# Everything can be read by every member, so nobody is out of reach but those whom a block hides.
_FIND = """
SELECT id, username FROM users
WHERE lower(username) = ANY($1::text[]) AND left_at IS NULL AND id <> ALL($2::bigint[])
"""
_FORGET = 'DELETE FROM mentions WHERE {noun} = $1 AND "user" <> ALL($2::bigint[])'
_KEEP = """
INSERT INTO mentions ("user", {noun}) SELECT id, $1 FROM users WHERE id = ANY($2::bigint[])
ON CONFLICT DO NOTHING RETURNING "user"
"""


class Rendered(msgspec.Struct, frozen=True):
    """A text as HTML, and the ids of the others whom it names."""

    html: str
    named: list[int]


async def render(author: Viewer, text: str) -> Rendered:
    """Sanitised HTML of what this member writes; one statement if it may name anybody."""
    named = Named(await _find(author, names) if (names := names_in(text)) else {})
    html = await markdown.render(text, named)
    return Rendered(html, sorted(named.found - {author.id}))


async def keep_in_post(post_id: int, named: list[int]) -> list[int]:
    """Inside the change of a post: these are named in it now; those of them who were not before."""
    return await _keep("post", post_id, named)


async def keep_in_comment(comment_id: int, named: list[int]) -> list[int]:
    """The same for a comment that is edited; a new one comes with its mentions (see `comments.writing`)."""
    return await _keep("comment", comment_id, named)


async def _find(author: Viewer, names: list[str]) -> dict[str, tuple[int, str]]:
    rows = await DB.fetch(_FIND, names, list(author.hidden))
    return {row["username"].lower(): (row["id"], row["username"]) for row in rows}


async def _keep(noun: str, subject_id: int, named: list[int]) -> list[int]:
    await DB.fetch(_FORGET.format(noun=noun), subject_id, named)
    return [row["user"] for row in await DB.fetch(_KEEP.format(noun=noun), subject_id, named)]
