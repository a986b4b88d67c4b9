"""People who write at the same time, and the sums that must come out right afterwards (LIVE.md 3.7)."""

import asyncio
from collections.abc import Sequence
from itertools import pairwise

from app.comments.schemas import NewComment
from app.comments.services import post_comment
from app.database.engine import DB
from app.posts.schemas import NewPost
from app.posts.services import publish_post
from tests.cast import Member

_SUMS = """
SELECT (SELECT count(*) FROM events WHERE channel = channels.name) AS events, channels.floor, channels.seq,
    (SELECT coalesce(max(seq), 0) FROM events WHERE channel = channels.name) AS last,
    (SELECT count(*) FROM comments WHERE post = $1) AS comments, posts.comments_count
FROM channels, posts WHERE channels.name = 'post:' || $1::bigint AND posts.id = $1
"""

_CREATED = """
SELECT split_part(subject, ':', 2)::bigint AS id FROM events
WHERE channel = 'post:' || $1::bigint AND kind = 'comment.created' ORDER BY seq
"""


async def open_thread(author: Member, title: str = "A thread to write in") -> int:
    post, _ = await publish_post(author.viewer, NewPost(title=title, body="Say something."))
    return post.id


async def write(member: Member, post_id: int, words: str, **more: object) -> int:
    comment, _ = await post_comment(member.viewer, post_id, NewComment(body=words, **more))  # type: ignore[arg-type]
    return comment.id


async def write_at_once(members: Sequence[Member], post_id: int, writers: int, each: int) -> list[int]:
    """`writers` people write `each` comments, one after another; all ids."""

    async def write_all(number: int) -> list[int]:
        member = members[number % len(members)]
        return [await write(member, post_id, f"{number}.{turn}") for turn in range(each)]

    written = await asyncio.gather(*(write_all(number) for number in range(writers)))
    return [identity for one in written for identity in one]


async def check_sums(post_id: int) -> int:
    """count(events) + floor = max(seq) = channels.seq, ids in order of `seq`; the channel's `seq`."""
    sums = (await DB.fetch(_SUMS, post_id))[0]
    assert sums["events"] + sums["floor"] == sums["last"] == sums["seq"]
    ids = [row["id"] for row in await DB.fetch(_CREATED, post_id)]
    assert all(earlier < later for earlier, later in pairwise(ids))
    shown = await DB.fetch("SELECT count(*) FROM comments WHERE post = $1 AND removed_at IS NULL", post_id)
    assert sums["comments_count"] == shown[0][0]
    seq: int = sums["seq"]
    return seq
