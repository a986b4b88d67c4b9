"""Brings an archive into a community; what is there already stays as it is, so that it may be done again."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from app.accounts import importing as accounts
from app.accounts.profiles.services import set_avatar
from app.accounts.viewer import Viewer
from app.comments import importing as comments
from app.comments.schemas import NewComment
from app.database.batches import Watch, unwatched
from app.exports import attaching, entries
from app.exports.arrivals import Arrivals
from app.exports.opening import Archive
from app.exports.places import Places
from app.posts import importing as posts
from app.posts.importing import Gone, Times
from app.posts.schemas import NewPost
from app.web.validation import read_fields

Taker = Callable[[Arrivals, Any], Awaitable[None]]


async def bring_in(
    archive: Archive, username: str | None = None, watch: Watch = unwatched
) -> tuple[Viewer, Arrivals]:
    """Bring in the member, by their address, and all that is theirs. Raises Invalid."""
    viewer = await _bring_member(archive, username)
    arrivals = Arrivals(viewer, archive.about.owner, await Places.look_up(archive, viewer))
    steps = _steps(archive)
    with watch("importing", sum(len(things) for things, _ in steps)) as step:
        for things, take in steps:
            for thing in things:
                await take(arrivals, thing)
                step(1)
    return viewer, arrivals


def _steps(archive: Archive) -> Sequence[tuple[Sequence[entries.Entry], Taker]]:
    """In order: each may hang on what came before."""
    return (
        (archive.all_posts, _take_post),
        (archive.all_comments, _take_comment),
        (archive.post_revisions, attaching.take_revision),
        (archive.comment_revisions, attaching.take_revision),
        (archive.reactions, attaching.take_reaction),
        (archive.drafts, attaching.take_draft),
        (archive.reads, attaching.take_read),
        (archive.followed_posts, attaching.take_followed_post),
        (archive.followed_tags, attaching.take_followed_tag),
        (archive.blocks, attaching.take_block),
        (archive.followed_members, attaching.take_followed_member),
        (archive.follow_settings, attaching.take_follow_settings),
        (archive.notification_settings, attaching.take_notification_setting),
        (archive.digests, attaching.take_digest),
        (archive.stopped_mails, attaching.take_stopped_mail),
        (sorted(archive.notifications, key=lambda told: told.place), attaching.take_notification),
    )


async def _bring_member(archive: Archive, username: str | None) -> Viewer:
    owner = archive.about.owner
    name, given = owner.name or owner.username, username or owner.username
    viewer = await accounts.find_or_enrol(owner.email, given, name, owner.bio, owner.created_at)
    if viewer.id is None:
        raise AssertionError(given)
    if owner.onboarding_completed_at is not None:
        await accounts.import_welcome(viewer.id, owner.onboarding_completed_at)
    if archive.picture and viewer.avatar_url is None:
        await set_avatar(viewer, viewer.id, archive.picture)
    return viewer


async def _take_post(arrivals: Arrivals, post: entries.Post) -> None:
    if post.id in arrivals.places.posts:
        return
    fields = {"title": post.title, "body": post.body, "tags": post.tags, "key": arrivals.key(post.id)}
    written = await posts.import_post(arrivals.viewer, read_fields(NewPost, fields), *_past(post))
    if written:
        arrivals.places.posts[post.id] = written
    arrivals.note("posts", written is not None, f"post {post.id}")


async def _take_comment(arrivals: Arrivals, comment: entries.Comment) -> None:
    places = arrivals.places
    if comment.id in places.comments:
        return
    post_id = places.posts.get(comment.post_id)
    parent = None if comment.parent_id is None else places.comments.get(comment.parent_id)
    fields = {"body": comment.body, "parent_id": parent, "key": arrivals.key(comment.id)}
    written = None
    if post_id is not None:
        new = read_fields(NewComment, fields)
        written = await comments.import_comment(arrivals.viewer, post_id, new, *_past(comment))
    if written:
        places.comments[comment.id] = written
    arrivals.note("replies", True if written else None, f"reply {comment.id} to post {comment.post_id}")


def _past(thing: entries.Removable) -> tuple[Times, Gone]:
    gone = Gone(thing.removed_at, thing.removed_by, thing.reason) if thing.removed_at else Gone()
    return Times(thing.created_at, thing.edited_at), gone
