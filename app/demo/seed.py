"""Fills an empty community with the demo's people and threads; killed halfway, it goes on where it was."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import msgspec
import structlog

from app.accounts import passwords, seeding
from app.accounts.profiles.services import set_avatar
from app.accounts.viewer import Viewer
from app.comments.schemas import NewComment
from app.comments.seeding import backdate_comment
from app.comments.services import post_comment
from app.database.engine import DB
from app.demo import content
from app.demo.faces import draw_face
from app.live.pruning import prune
from app.posts.schemas import NewPost
from app.posts.seeding import backdate_post
from app.posts.services import publish_post
from app.reactions.services import Subject, add_reaction, flush

log = structlog.get_logger("hubbub.demo")

DOMAIN = "demo.invalid"
JOINED = timedelta(days=80)

People = dict[str, Viewer]


async def wanted() -> bool:
    """Whether nobody is here yet but, perhaps, some of the demo's people."""
    others = await DB.fetch("SELECT FROM users WHERE email NOT LIKE $1 LIMIT 1", f"%@{DOMAIN}")
    posts = await DB.fetch("SELECT count(*) FROM posts")
    return not others and posts[0][0] < len(list(content.threads()))


async def seed(password: str) -> None:
    """Add the people, then what they say, then their reactions; and make it look as old as it is said to be."""
    people = await _enroll(password)
    for thread in content.threads():
        await _write(people, thread)
    while await DB.fetch("SELECT FROM dirty LIMIT 1"):
        await flush()
    await prune(timedelta())
    log.info("demo_ready", people=len(people))


async def _enroll(password: str) -> People:
    hashed = await passwords.hash_password(password)
    people: People = {}
    for days, member in enumerate(content.members().values()):
        joined = datetime.now(UTC) - JOINED + timedelta(days=days)
        viewer = await seeding.enroll(
            member.username, f"{member.username}@{DOMAIN}", hashed,
            name=member.name, bio=member.bio, role=member.role, joined=joined,
        )  # fmt: skip
        people[member.username] = await _with_face(viewer, member)
    return people


async def _with_face(viewer: Viewer, member: content.Member) -> Viewer:
    if viewer.avatar_url is not None or viewer.id is None:
        return viewer
    user = await set_avatar(viewer, viewer.id, draw_face(member))
    return msgspec.structs.replace(viewer, avatar_url=user.avatar_url)


async def _write(people: People, thread: content.Thread) -> None:
    begun = datetime.now(UTC) - thread.age
    new = NewPost(title=thread.title, body=thread.body, tags=thread.tags, key=f"demo-{thread.name}"[:64])
    post, _ = await publish_post(people[thread.by], new)
    await _react(people, Subject("post", post.id), thread.by, thread.reactions)
    ids: list[int] = []
    for number, remark in enumerate(thread.remarks):
        parent = None if remark.parent is None else ids[remark.parent]
        answer = NewComment(body=remark.body, parent_id=parent, key=f"demo-{post.id}-{number}")
        comment, _ = await post_comment(people[remark.by], post.id, answer)
        await backdate_comment(comment.id, begun + remark.after)
        await _react(people, Subject("comment", comment.id), remark.by, remark.reactions)
        ids.append(comment.id)
    last = max((remark.after for remark in thread.remarks), default=timedelta())
    await backdate_post(post.id, begun, begun + last)


async def _react(people: People, subject: Subject, author: str, wanted: dict[str, int]) -> None:
    """Whoever comes next in the list, after the author."""
    for kind, number in wanted.items():
        for viewer in _others(people, author, number):
            await add_reaction(viewer, subject, kind)  # type: ignore[arg-type]  # the content's test checks kinds


def _others(people: People, author: str, number: int) -> Iterable[Viewer]:
    names = list(people)
    start = names.index(author) + 1
    return [people[name] for name in (names[start:] + names[: start - 1])[:number]]
