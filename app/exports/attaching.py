"""Attaches what hangs on posts, comments and members; what is not here is named, and waits for another import."""

from typing import Literal, cast, get_args

from app.comments import importing as comments
from app.drafts.importing import import_draft
from app.drafts.schemas import DraftChange, Subject
from app.exports import entries
from app.exports.arrivals import Arrivals
from app.follows import importing as follows
from app.follows.schemas import FollowSettings
from app.mail.lists.left import import_stop
from app.notifications import importing as notifications
from app.notifications.telling import Noun
from app.notifications.texts import CAUSES
from app.posts import importing as posts
from app.posts.words import clean_tags
from app.reactions import services as reactions
from app.reactions.importing import import_reaction
from app.reactions.schemas import Kind
from app.reads.importing import import_read
from app.web.validation import read_fields


async def take_revision(arrivals: Arrivals, revision: entries.Revision) -> None:
    found = arrivals.places.find(revision.subject)
    by_author = revision.editor == arrivals.owner.username
    is_new = None
    if found is not None and found[0] == "post":
        words = (revision.title, revision.body)
        is_new = await posts.import_revision(
            arrivals.viewer, found[1], words, revision.created_at, by_author=by_author
        )
    elif found is not None:
        is_new = await comments.import_revision(
            arrivals.viewer, found[1], revision.body, revision.created_at, by_author=by_author
        )
    arrivals.note("revisions", is_new, f"revision of {revision.subject}")


async def take_reaction(arrivals: Arrivals, reaction: entries.Reaction) -> None:
    found = arrivals.places.find(reaction.subject)
    is_new = None
    if found is not None and reaction.kind in get_args(Kind):
        subject = reactions.Subject(cast(Literal["post", "comment"], found[0]), found[1])
        is_new = await import_reaction(
            arrivals.viewer, subject, cast(Kind, reaction.kind), reaction.created_at
        )
    arrivals.note("reactions", is_new, f"reaction {reaction.kind} to {reaction.subject}")


async def take_draft(arrivals: Arrivals, draft: entries.Draft) -> None:
    subject = _draftable(arrivals, draft.subject)
    words = {"title": draft.title, "body": draft.body, "tags": draft.tags}
    is_new = None
    if subject is not None:
        is_new = await import_draft(
            arrivals.viewer, subject, read_fields(DraftChange, words), draft.updated_at
        )
    arrivals.note("drafts", is_new, f"draft {draft.subject}")


def _draftable(arrivals: Arrivals, text: str) -> Subject | None:
    subject = Subject.parse(text)
    if not subject.id:
        return subject
    found = arrivals.places.find(f"{subject.noun}:{subject.id}")
    return Subject(subject.verb, *found) if found else None


async def take_read(arrivals: Arrivals, read: entries.Read) -> None:
    post_id = arrivals.places.posts.get(read.post_id)
    is_new = None
    if post_id is not None:
        # Of a comment that is not here one has read none.
        comment_id = arrivals.places.comments.get(read.comment_id, 0)
        is_new = await import_read(arrivals.viewer, post_id, comment_id, read.updated_at)
    arrivals.note("read positions", is_new, f"read position in post {read.post_id}")


async def take_followed_post(arrivals: Arrivals, follow: entries.FollowedPost) -> None:
    post_id = arrivals.places.posts.get(follow.post_id)
    is_new = None
    if post_id is not None:
        is_new = await follows.import_post_follow(arrivals.viewer, post_id, follow.level, follow.since)
    arrivals.note("follows", is_new, f"{follow.level} of post {follow.post_id}")


async def take_followed_tag(arrivals: Arrivals, follow: entries.FollowedTag) -> None:
    (tag,) = clean_tags([follow.tag])
    is_new = await follows.import_tag_follow(arrivals.viewer, tag, follow.since)
    arrivals.note("follows", is_new, f"follow of the tag {tag}")


async def take_block(arrivals: Arrivals, block: entries.NamedMember) -> None:
    is_new = await follows.import_block(arrivals.viewer, block.username, block.since)
    arrivals.note("blocks", is_new, f"block of {block.username}")


async def take_followed_member(arrivals: Arrivals, follow: entries.NamedMember) -> None:
    is_new = await follows.import_member_follow(arrivals.viewer, follow.username, follow.since)
    arrivals.note("follows", is_new, f"follow of {follow.username}")


async def take_follow_settings(arrivals: Arrivals, chosen: entries.FollowSettings) -> None:
    wanted = FollowSettings(own_posts=chosen.own_posts, answered_posts=chosen.answered_posts)
    arrivals.note("settings", await follows.import_settings(arrivals.viewer, wanted), "")


async def take_notification_setting(arrivals: Arrivals, chosen: entries.Setting) -> None:
    is_new = await notifications.import_setting(arrivals.viewer, chosen.kind, chosen.delivery)
    arrivals.note("settings", is_new, "")


async def take_digest(arrivals: Arrivals, digest: entries.Digest) -> None:
    is_new = await notifications.import_digest(arrivals.viewer, digest.created_at, digest.sent_at)
    arrivals.note("settings", is_new, "")


async def take_stopped_mail(arrivals: Arrivals, stopped: entries.StoppedMail) -> None:
    user_id = cast(int, arrivals.viewer.id)
    arrivals.note("settings", await import_stop(user_id, stopped.list, stopped.created_at), "")


async def take_notification(arrivals: Arrivals, told: entries.Notification) -> None:
    past = await _past(arrivals, told)
    is_new = None
    if past is not None:
        is_new = await notifications.import_notification(arrivals.viewer, past, told.actors)
    arrivals.note("notifications", is_new, f"notification about {told.subject}")


async def _past(arrivals: Arrivals, told: entries.Notification) -> notifications.Past | None:
    found = arrivals.places.find(told.subject)
    if told.kind == "follow" and told.member:
        member_id = await notifications.find_member(told.member)
        found = None if member_id is None else ("member", member_id)
    if found is None or told.cause not in CAUSES:
        return None
    noun, number = found
    return notifications.Past(
        kind=told.kind, key=_key(told, noun, number), noun=cast(Noun, noun), number=number,
        cause=told.cause, note=told.note, created=told.created_at, read=told.read_at, mailed=told.mailed_at,
    )  # fmt: skip


def _key(told: entries.Notification, noun: str, number: int) -> str:
    """What makes it one and the same, with the number that its subject has here."""
    match told.kind:
        case "follow":
            return f"follow:{number}"
        case "reaction":
            return f"reaction:{noun}:{number}"
        case "moderation":
            return f"moderation:{noun}:{number}:{told.key.rpartition(':')[2]}"
    return f"{noun}:{number}"
