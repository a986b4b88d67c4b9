"""The Markdown of an archive."""

import re
from typing import Any

import msgspec

from app.exports.contents import Owner
from app.posts.schemas import post_url
from app.settings import settings

_MARKS = re.compile(r"([\\`*_{}\[\]<>#|])")

READ_ME = """# {name} (@{username}) at {site}

All that {site} kept of you on the day this was made.

- `posts/` has your posts, and `comments.md` your replies, as you wrote them.
- `more.md` has the rest: your profile, what was removed, what your words said before you changed them, drafts,
  reactions, what you follow and whom you block, what you were told and how, and where you are signed in.
- The same stands in `posts.json`, `comments.json` and the other JSON files, for programs.
- `about.json` says whose this is, and your picture is `avatar.webp`.

It holds no passwords and no tokens, but your address and what you never published: keep it as you keep letters.
Whoever runs a Hubbub can bring it in there: `hubbub import FILE`.
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
    title = _plain(comment.post_title)
    where = f"{settings.address}/comments/{comment.id}"
    return f"\n## In “{title}”\n\n{comment.created_at} · <{where}>\n\n{comment.body}\n"


def profile(owner: Owner) -> str:
    """The head of `more.md`."""
    particulars = {
        "username": owner.username, "name": owner.name, "role": owner.role, "address": owner.email,
        "here since": owner.created_at, "address confirmed": owner.activated_at,
        "first steps done": owner.onboarding_completed_at,
    }  # fmt: skip
    lines = "".join(f"- {particular}\n" for particular in _particulars(particulars))
    return f"# Everything else\n\n## Your profile\n\n{lines}" + (f"\n{owner.bio}\n" if owner.bio else "")


def row(data: dict[str, Any]) -> str:
    """One thing of any kind: what there is to say of it in one line, and its words below."""
    said = {name.replace("_", " "): value for name, value in data.items() if name != "body"}
    line = f"- {' · '.join(_particulars(said))}\n"
    return f"{line}\n{data['body']}\n\n" if data.get("body") else line


def _particulars(values: dict[str, Any]) -> list[str]:
    return [f"{name}: {_plain(value)}" for name, value in values.items() if value not in (None, [])]


def _plain(value: Any) -> str:
    """A value as words that are no Markdown."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return _MARKS.sub(r"\\\1", text)


def _address(post: Post) -> str:
    return settings.address + post_url(post.id, post.title)
