"""The Markdown of an archive."""

import re

import msgspec

from app.exports.contents import Owner
from app.posts.schemas import post_url
from app.settings import settings

_MARKS = re.compile(r"([\\`*_{}\[\]<>#|])")

READ_ME = """# {name} (@{username}) at {site}

All that {site} kept of you on the day this was made.

- `posts/` has your posts, and `comments.md` your replies, as you wrote them.
- The same stands in `posts.json` and `comments.json` for programs, and in the other files what else is yours:
  what was removed, what your words said before you changed them, your reactions, drafts, what you follow and whom
  you block, and where you are signed in.
- `about.json` says whose this is, and your picture is `avatar.webp`.

It holds no passwords and no tokens, but your address and what you never published: keep it as you keep letters.
Whoever runs a Hubbub can bring your profile, posts, replies and reactions into it: `hubbub import FILE`.
"""


class Post(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of `posts.json`."""

    id: int
    title: str
    body: str
    tags: list[str]
    created_at: str
    edited_at: str | None = None


class Comment(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of `comments.json`."""

    id: int
    post_id: int
    post_title: str
    parent_id: int | None
    body: str
    created_at: str
    edited_at: str | None = None


def read_me(owner: Owner) -> str:
    return READ_ME.format(name=owner.name or owner.username, username=owner.username, site=settings.name)


def name_of(post: Post) -> str:
    """`posts/42-a-title.md`."""
    slug = post_url(post.id, post.title).rpartition("/")[2]
    return f"posts/{post.id}-{slug}.md"


def post(post: Post) -> str:
    """One post with its particulars above it, as most programs for Markdown read them."""
    encode = msgspec.json.encode
    head = {"title": post.title, "date": post.created_at, "tags": post.tags, "url": _address(post)}
    lines = "\n".join(f"{name}: {encode(value).decode()}" for name, value in head.items())
    return f"---\n{lines}\n---\n\n{post.body}\n"


def comment(comment: Comment) -> str:
    title = _MARKS.sub(r"\\\1", comment.post_title)
    where = f"{settings.address}/comments/{comment.id}"
    return f"\n## In “{title}”\n\n{comment.created_at} · <{where}>\n\n{comment.body}\n"


def _address(post: Post) -> str:
    return settings.address + post_url(post.id, post.title)
