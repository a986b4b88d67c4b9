"""Counters: right soon after a change, and right again after the night whatever happened to them."""

import asyncio
from typing import Any

import asyncpg
import pytest

from app.accounts import counts
from app.comments.removing import remove_comment, restore_comment
from app.comments.schemas import NewComment
from app.comments.services import post_comment
from app.counters.services import COUNTERS, reconcile
from app.database.engine import DB
from app.database.transaction import transaction
from app.live.log import read
from app.posts.removing import remove_post, restore_post
from app.posts.schemas import NewPost, PostChange
from app.posts.services import edit_post, publish_post
from app.reactions.services import Subject, add_reaction, flush
from tests import working_off
from tests.waiting import eventually


async def work_off() -> int:
    """The same for what waits for a second to pass."""
    await DB.fetch("UPDATE outbox SET run_at = now() - interval '1 s'")
    return await working_off.work_off()


async def user_counts(member: Any) -> tuple[int, int]:
    row = (await DB.fetch("SELECT posts_count, comments_count FROM users WHERE id = $1", member.id))[0]
    return row["posts_count"], row["comments_count"]


async def tag_counts() -> dict[str, int]:
    return {row["name"]: row["posts_count"] for row in await DB.fetch("SELECT * FROM tags")}


async def new_post(member: Any, *tags: str) -> int:
    post, _ = await publish_post(member.viewer, NewPost(title="A post", body="words", tags=list(tags)))
    return post.id


async def reply(member: Any, post_id: int, parent: int | None = None) -> int:
    comment, _ = await post_comment(member.viewer, post_id, NewComment(body="words", parent_id=parent))
    return comment.id


async def test_users_and_tags_are_counted_after_each_verb(cast):
    post = await new_post(cast.alice, "tea", "milk")
    comment = await reply(cast.bob, post)
    await work_off()
    assert await user_counts(cast.alice) == (1, 0)
    assert await user_counts(cast.bob) == (0, 1)
    assert await tag_counts() == {"tea": 1, "milk": 1}

    await edit_post(cast.alice.viewer, post, PostChange(tags=["tea", "honey"]))
    await remove_comment(cast.bob.viewer, comment)
    await work_off()
    assert await user_counts(cast.bob) == (0, 0)
    assert await tag_counts() == {"tea": 1, "milk": 0, "honey": 1}

    await restore_comment(cast.bob.viewer, comment)
    await remove_post(cast.alice.viewer, post)
    await work_off()
    assert await user_counts(cast.bob) == (0, 1)
    assert await user_counts(cast.alice) == (0, 0)
    assert await tag_counts() == {"tea": 0, "milk": 0, "honey": 0}

    await restore_post(cast.alice.viewer, post)
    await work_off()
    assert await user_counts(cast.alice) == (1, 0)
    assert await tag_counts() == {"tea": 1, "milk": 0, "honey": 1}


async def test_many_changes_are_one_job(cast):
    post = await new_post(cast.alice)
    await work_off()
    for _ in range(10):
        await reply(cast.bob, post)
    await asyncio.gather(*(reply(cast.alice, post) for _ in range(10)))
    assert len(await DB.fetch("SELECT FROM outbox WHERE job = 'recount_user'")) == 2
    await work_off()
    assert await user_counts(cast.bob) == (0, 10)
    assert await user_counts(cast.alice) == (1, 10)


async def test_a_comment_that_was_refused_leaves_no_job(cast):
    post = await new_post(cast.alice)
    await DB.fetch("UPDATE posts SET locked_at = now()")
    await work_off()
    with pytest.raises(Exception, match="locked"):
        await reply(cast.bob, post)
    assert await DB.fetch("SELECT FROM outbox") == []


async def test_a_count_sees_what_was_committed_while_it_waited(cast, database):
    """Of two counts at once the one that is written last must be the one that saw most."""
    post = await new_post(cast.alice)
    await work_off()
    other = await asyncpg.connect(database.config["dsn"])
    try:
        async with other.transaction():
            await other.execute("UPDATE users SET comments_count = 0 WHERE id = $1", cast.bob.id)
            counting = asyncio.create_task(_recount(cast.bob))
            await eventually(someone_waits, "the count waits for the other one")
            await reply(cast.bob, post)
        await counting
    finally:
        await other.close()
    assert await user_counts(cast.bob) == (0, 1)


async def _recount(member: Any) -> None:
    async with transaction():
        await counts.recount(member.id)


async def someone_waits() -> Any:
    return await DB.fetch("SELECT FROM pg_locks WHERE NOT granted")


async def disturb(cast: Any) -> tuple[int, int]:
    """A small community in which every counter is wrong; its post and a comment."""
    post = await new_post(cast.alice, "tea")
    comment = await reply(cast.bob, post)
    await reply(cast.alice, post, comment)
    await add_reaction(cast.bob.viewer, Subject("post", post), "like")
    await add_reaction(cast.alice.viewer, Subject("comment", comment), "wow")
    await flush()
    await work_off()
    assert set((await reconcile()).values()) == {0}
    await DB.fetch("UPDATE posts SET comments_count = 7, reactions = '{\"like\": 3}'")
    await DB.fetch("UPDATE comments SET replies_count = 4, reactions = '{}' WHERE id = $1", comment)
    await DB.fetch("UPDATE users SET posts_count = 9, comments_count = 0 WHERE id = $1", cast.alice.id)
    await DB.fetch("UPDATE tags SET posts_count = 3")
    return post, comment


async def test_the_night_repairs_every_counter_and_says_by_how_much(cast):
    post, comment = await disturb(cast)
    drift = await reconcile()
    assert drift == {
        "posts.comments_count": 5, "comments.replies_count": 3, "users.counts": 9,
        "posts.reactions": 2, "comments.reactions": 1, "tags.posts_count": 2,
    }  # fmt: skip
    assert {counter.name for counter in COUNTERS} < set(drift)
    await flush()
    row = (await DB.fetch("SELECT comments_count, reactions::text FROM posts WHERE id = $1", post))[0]
    assert tuple(row) == (2, '{"like": 1}')
    row = (await DB.fetch("SELECT replies_count, reactions::text FROM comments WHERE id = $1", comment))[0]
    assert tuple(row) == (1, '{"wow": 1}')
    assert await user_counts(cast.alice) == (1, 1)
    assert await tag_counts() == {"tea": 1}
    assert set((await reconcile()).values()) == {0}


async def test_readers_are_told_of_a_repair(cast):
    post, comment = await disturb(cast)
    await reconcile()
    history = await read(f"post:{post}", 0, 100)
    assert history is not None
    told = [(item.event, item.seq) for item in history.items]
    assert [event for event, _ in told[-2:]] == ["post.updated", "comment.updated"]
    assert [seq for _, seq in told] == list(range(1, len(told) + 1))
    seqs = await DB.fetch(
        "SELECT posts.seq, comments.seq FROM posts, comments WHERE comments.id = $1", comment
    )
    assert tuple(seqs[0]) == (told[-2][1], told[-1][1])


async def test_a_removed_post_is_repaired_in_silence(cast):
    post = await new_post(cast.alice)
    await remove_post(cast.alice.viewer, post)
    before = (await DB.fetch("SELECT sum(seq) FROM channels"))[0][0]
    await DB.fetch("UPDATE posts SET comments_count = 7")
    await work_off()
    assert (await reconcile())["posts.comments_count"] == 7
    assert (await DB.fetch("SELECT comments_count FROM posts"))[0][0] == 0
    assert (await DB.fetch("SELECT sum(seq) FROM channels"))[0][0] == before


async def test_what_waits_to_be_counted_is_not_drift(cast):
    post = await new_post(cast.alice, "tea")
    await add_reaction(cast.bob.viewer, Subject("post", post), "like")
    assert set((await reconcile()).values()) == {0}
    assert await tag_counts() == {"tea": 0}


async def test_counting_while_people_write_finds_no_drift_and_makes_none(cast):
    post = await new_post(cast.alice)
    await work_off()

    async def talk(member: Any) -> None:
        for _ in range(25):
            await reply(member, post)

    talking = asyncio.gather(talk(cast.alice), talk(cast.bob), talk(cast.mona))
    looks = []
    while not talking.done():
        looks.append(await reconcile())
    await talking
    assert len(looks) > 2
    assert {off for look in looks for off in look.values()} == {0}


async def test_the_drift_is_remembered(cast):
    await disturb(cast)
    await reconcile()
    await reconcile()
    row = (await DB.fetch("SELECT drift, repaired FROM counter_checks WHERE counter = 'users.counts'"))[0]
    assert tuple(row) == (0, 9)
