"""Brings an archive into a community; what is there already stays as it is, so that it may be done again."""

from datetime import datetime
from typing import get_args

import msgspec

from app.accounts import importing as accounts
from app.accounts.profiles.services import set_avatar
from app.accounts.viewer import Viewer
from app.comments import importing as comments
from app.comments.schemas import NewComment
from app.database.batches import Watch, unwatched
from app.database.engine import DB
from app.exports.markdown import Comment, Post
from app.exports.opening import Archive, Reaction
from app.posts import importing as posts
from app.posts.schemas import NewPost
from app.reactions.schemas import Kind
from app.reactions.services import Subject, add_reaction
from app.web.errors import Refusal
from app.web.validation import read_fields

_IS_HERE = "SELECT FROM installation WHERE id::text = $1"
# Members choose keys of their own: one that only begins like ours is none of ours.
_IMPORTED = """
SELECT id, substr(key, length($1) + 1)::bigint AS was FROM {table}
WHERE starts_with(key, $1) AND substr(key, length($1) + 1) ~ '^[0-9]{{1,18}}$'
"""
_STANDING = {
    "posts": "SELECT id FROM posts WHERE id = ANY($1::bigint[]) AND removed_at IS NULL",
    "comments": """SELECT comments.id FROM comments JOIN posts ON posts.id = comments.post
        WHERE comments.id = ANY($1::bigint[]) AND comments.removed_at IS NULL AND posts.removed_at IS NULL""",
}

# From ids in the archive to ids here.
Ids = dict[int, int]


class Brought(msgspec.Struct):
    """How many came in; `left` are replies and reactions to what is not here."""

    posts: int = 0
    comments: int = 0
    reactions: int = 0
    left: int = 0


async def bring_in(
    archive: Archive, username: str | None = None, watch: Watch = unwatched
) -> tuple[Viewer, Brought]:
    """Bring in the member, by their address, and what they wrote. Raises Invalid."""
    owner = archive.about.owner
    name, given = owner.name or owner.username, username or owner.username
    viewer = await accounts.find_or_enrol(owner.email, given, name, owner.bio, _time(owner.created_at))
    if archive.picture and viewer.id is not None and viewer.avatar_url is None:
        await set_avatar(viewer, viewer.id, archive.picture)
    total = len(archive.posts) + len(archive.comments) + len(archive.reactions)
    with watch("importing", total) as step:
        importer = _Importer(viewer, owner.community)
        for batch in (archive.posts, archive.comments, archive.reactions):
            await importer.learn(archive)
            for thing in batch:
                await importer.take(thing)
                step(1)
    return viewer, importer.brought


class _Importer:
    """One archive on its way in: what of it is here, by the ids that it had."""

    def __init__(self, viewer: Viewer, community: str) -> None:
        self._viewer, self._community = viewer, community
        self._prefix = f"imported-{community.replace('-', '')[:12]}-"
        self._posts: Ids = {}
        self._comments: Ids = {}
        self.brought = Brought()

    async def learn(self, archive: Archive) -> None:
        """Which posts and comments of this archive, and of others from the same community, are here."""
        named = [_subject(reaction) for reaction in archive.reactions]
        of_posts = {post.id for post in archive.posts} | {comment.post_id for comment in archive.comments}
        of_comments = {comment.id for comment in archive.comments}
        of_posts |= {number for noun, number in named if noun == "post"}
        of_comments |= {number for noun, number in named if noun == "comment"}
        self._posts |= await self._known("posts", of_posts)
        self._comments |= await self._known("comments", of_comments)

    async def _known(self, table: str, ids: set[int]) -> Ids:
        known: Ids = {}
        if await DB.fetch(_IS_HERE, self._community):
            rows = await DB.fetch(_STANDING[table], list(ids))
            known |= {row["id"]: row["id"] for row in rows}
        rows = await DB.fetch(_IMPORTED.format(table=table), self._prefix)
        return {row["was"]: row["id"] for row in rows} | known

    async def take(self, thing: Post | Comment | Reaction) -> None:
        if isinstance(thing, Post):
            await self._take_post(thing)
        elif isinstance(thing, Comment):
            await self._take_comment(thing)
        else:
            await self._take_reaction(thing)

    async def _take_post(self, post: Post) -> None:
        if post.id in self._posts:
            return
        fields = {
            "title": post.title,
            "body": post.body,
            "tags": post.tags,
            "key": f"{self._prefix}{post.id}",
        }
        times = _time(post.created_at), _time_or_none(post.edited_at)
        if await posts.import_post(self._viewer, read_fields(NewPost, fields), *times):
            self.brought.posts += 1

    async def _take_comment(self, comment: Comment) -> None:
        if comment.id in self._comments:
            return
        post_id = self._posts.get(comment.post_id)
        if post_id is None:
            self.brought.left += 1
            return
        parent = None if comment.parent_id is None else self._comments.get(comment.parent_id)
        fields = {"body": comment.body, "parent_id": parent, "key": f"{self._prefix}{comment.id}"}
        times = _time(comment.created_at), _time_or_none(comment.edited_at)
        written = await comments.import_comment(
            self._viewer, post_id, read_fields(NewComment, fields), *times
        )
        if written:
            self._comments[comment.id] = written
            self.brought.comments += 1

    async def _take_reaction(self, reaction: Reaction) -> None:
        noun, was = _subject(reaction)
        number = (self._posts if noun == "post" else self._comments).get(was)
        if number is None or reaction.kind not in get_args(Kind):
            self.brought.left += 1
            return
        subject = Subject("post" if noun == "post" else "comment", number)
        try:
            await add_reaction(self._viewer, subject, reaction.kind)  # type: ignore[arg-type]  # it is one of them
            self.brought.reactions += 1
        except Refusal:
            self.brought.left += 1


def _subject(reaction: Reaction) -> tuple[str, int]:
    noun, _, number = reaction.subject.partition(":")
    return noun, int(number) if number.isdecimal() else 0


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _time_or_none(text: str | None) -> datetime | None:
    return None if text is None else _time(text)
