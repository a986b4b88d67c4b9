"""Which posts and comments that an archive names are here, and under which ids."""

from typing import Self

import msgspec

from app.accounts.viewer import Viewer
from app.database.engine import DB
from app.exports.opening import Archive

_IS_HERE = "SELECT FROM installation WHERE id::text = $1"
# Members choose keys of their own: one that only begins like ours is none of ours.
_IMPORTED = """
SELECT id, substr(key, length($1) + 1)::bigint AS was FROM {table}
WHERE starts_with(key, $1) AND substr(key, length($1) + 1) ~ '^[0-9]{{1,18}}$'
"""
# Where the archive was made here: what stands, and of what was removed when it was made, what is the member's.
_POSTS = """
SELECT id FROM posts WHERE id = ANY($1::bigint[]) AND (removed_at IS NULL OR (author = $2 AND id = ANY($3::bigint[])))
"""
_COMMENTS = """
SELECT comments.id FROM comments JOIN posts ON posts.id = comments.post
WHERE comments.id = ANY($1::bigint[]) AND (comments.author = $2 AND comments.id = ANY($3::bigint[])
    OR comments.removed_at IS NULL AND (posts.removed_at IS NULL OR posts.id = ANY($4::bigint[])))
"""

# From ids in the archive to ids here.
Ids = dict[int, int]


class Places(msgspec.Struct):
    """`prefix` begins the keys under which things of that community come in."""

    prefix: str
    posts: Ids
    comments: Ids

    @classmethod
    async def look_up(cls, archive: Archive, viewer: Viewer) -> Self:
        """Of this archive, and of others from the same community."""
        community = archive.about.owner.community
        prefix = f"imported-{community.replace('-', '')[:12]}-"
        posts, comments = await _imported("posts", prefix), await _imported("comments", prefix)
        if await DB.fetch(_IS_HERE, community):
            named = {"post": _posts_in(archive), "comment": _comments_in(archive)}
            for subject in _subjects_in(archive):
                noun, _, number = subject.rpartition(":")
                named.setdefault(noun.rpartition(":")[2], set()).add(int(number))
            gone = [post.id for post in archive.removed_posts]
            here = await _ids(_POSTS, list(named["post"]), viewer.id, gone)
            mine = [comment.id for comment in archive.removed_comments]
            kept = [post_id for post_id in gone if post_id in here]
            posts |= here
            comments |= await _ids(_COMMENTS, list(named["comment"]), viewer.id, mine, kept)
        return cls(prefix, posts, comments)

    def find(self, subject: str) -> tuple[str, int] | None:
        """Of `post:42` or `comment:7`: what it is, and its id here."""
        noun, _, was = subject.partition(":")
        here = (self.posts if noun == "post" else self.comments if noun == "comment" else {}).get(int(was))
        return None if here is None else (noun, here)


async def _imported(table: str, prefix: str) -> Ids:
    return {row["was"]: row["id"] for row in await DB.fetch(_IMPORTED.format(table=table), prefix)}


async def _ids(statement: str, *values: object) -> Ids:
    return {row["id"]: row["id"] for row in await DB.fetch(statement, *values)}


def _posts_in(archive: Archive) -> set[int]:
    ids = {post.id for post in archive.all_posts} | {comment.post_id for comment in archive.all_comments}
    return (
        ids | {read.post_id for read in archive.reads} | {follow.post_id for follow in archive.followed_posts}
    )


def _comments_in(archive: Archive) -> set[int]:
    return {comment.id for comment in archive.all_comments} | {read.comment_id for read in archive.reads}


def _subjects_in(archive: Archive) -> list[str]:
    named = [told.subject for told in archive.notifications] + [react.subject for react in archive.reactions]
    return named + [draft.subject for draft in archive.drafts if draft.subject != "new"]
