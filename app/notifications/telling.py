"""Tells members what concerns them: each once, a hundred in one change, with an event on their own channels."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from app.database.engine import DB
from app.database.transaction import MAX_CHANNELS, Change
from app.live import channels
from app.notifications import queries, recipients
from app.notifications.events import NotificationCreated
from app.notifications.recipients import Recipient

BATCH = MAX_CHANNELS
Noun = Literal["post", "comment", "member"]

_INSERT = """
WITH told AS (
    INSERT INTO notifications ("user", kind, key, {noun}, cause, note, seq, mail)
    SELECT told."user", told.kind, $1, $2, told.cause, told.note, told.seq, told.mail
    FROM unnest($3::bigint[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::text[])
        AS told ("user", kind, cause, note, seq, mail)
    RETURNING id, "user"
), acting AS (
    INSERT INTO notification_actors (notification, actor)
    SELECT told.id, acting.actor FROM told
    JOIN unnest($3::bigint[], $9::bigint[]) AS acting ("user", actor) ON acting."user" = told."user"
)
SELECT id FROM told
"""


class Told(NamedTuple):
    """After whom to go on, if there may be more, and who is to have a mail at once."""

    last: int | None
    mailed: list[int]


async def tell_of_comment(change: Change, comment_id: int, after: int, *, named_only: bool) -> Told:
    """Tell the next hundred whom a comment concerns."""
    page = await recipients.of_comment(comment_id, after, BATCH, named_only=named_only)
    return Told(
        page.last, await _tell(change, f"comment:{comment_id}", "comment", comment_id, page.recipients)
    )


async def tell_of_post(change: Change, post_id: int, after: int, *, named_only: bool) -> Told:
    """The same for a post: who is named in it, and who follows its author or a tag of it."""
    page = await recipients.of_post(post_id, after, BATCH, named_only=named_only)
    return Told(page.last, await _tell(change, f"post:{post_id}", "post", post_id, page.recipients))


async def tell_of_follow(change: Change, follower_id: int, member_id: int) -> list[int]:
    """Tell a member who follows them; the member, if they are to have a mail at once."""
    page = await recipients.of_follow(follower_id, member_id)
    return await _tell(change, f"follow:{follower_id}", "member", follower_id, page.recipients)


async def _tell(change: Change, key: str, noun: Noun, number: int, found: Sequence[Recipient]) -> list[int]:
    seqs = await change.advance(*(channels.user(one.user_id) for one in found))
    # Who has left since they were found has no channel any more.
    told = [one for one in found if channels.user(one.user_id) in seqs]
    places = [seqs[channels.user(one.user_id)] for one in told]
    rows = await DB.fetch(
        _INSERT.format(noun=noun), key, number,
        [one.user_id for one in told], [one.kind for one in told], [one.cause for one in told],
        [one.note for one in told], places, [one.mail for one in told], [one.actor_id for one in told],
    )  # fmt: skip
    await say(change, [row["id"] for row in rows])
    return [one.user_id for one in told if one.mail == "at_once"]


async def say(change: Change, ids: Sequence[int]) -> None:
    """Have the owners of these notifications told, on their channels, which the change has advanced."""
    rows = await queries.read_rows(ids)
    await change.record_all([NotificationCreated(row["user"], queries.shown(row)) for row in rows])
