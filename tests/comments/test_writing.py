"""The one statement that writes a comment, under many writers (LIVE.md 3.2 and 3.5)."""

import asyncio

import msgspec
import pytest

from app.accounts.viewer import ANONYMOUS
from app.comments.queries import get_comment
from app.comments.removing import remove_comment, restore_comment
from app.comments.schemas import CommentChange, NewComment
from app.comments.services import edit_comment, post_comment
from app.database.engine import DB
from app.live import log
from app.web.errors import Invalid, KeyReused, Locked, NotFound
from tests.waiting import eventually
from tests.writers import check_sums, open_thread, write, write_at_once


async def test_3_2_thirty_two_writers_on_one_post_leave_no_gap_and_no_disorder(cast):
    post = await open_thread(cast.alice)
    everybody = [cast.alice, cast.bob, cast.mallory, cast.mona, cast.ada]
    ids = await write_at_once(everybody, post, writers=32, each=10)
    assert len(set(ids)) == 320
    assert await check_sums(post) == 320
    rows = await DB.fetch("SELECT comments_count FROM posts WHERE id = $1", post)
    assert rows[0][0] == 320


async def test_3_2_writers_editors_and_removers_never_deadlock_for_good(cast):
    """Posts, then comments, then channels: all lock in that order, replies to one comment included."""
    post = await open_thread(cast.alice)
    first = await write(cast.alice, post, "first")

    async def answer(turn):
        return await write(cast.bob, post, f"answer {turn}", parent_id=first)

    async def change(turn):
        await edit_comment(cast.alice.viewer, first, CommentChange(body=f"first, edited {turn}"))

    async def come_and_go(identity):
        await remove_comment(cast.bob.viewer, identity)
        await restore_comment(cast.bob.viewer, identity)
        await remove_comment(cast.bob.viewer, identity)

    mine = [await answer(turn) for turn in range(10)]
    await asyncio.gather(
        *(answer(turn) for turn in range(20)), *(change(turn) for turn in range(10)), *map(come_and_go, mine)
    )
    assert await check_sums(post) == 1 + 10 + 20 + 10 + 30
    row = (await DB.fetch("SELECT replies_count FROM comments WHERE id = $1", first))[0]
    assert row["replies_count"] == 20


async def test_3_5_one_key_is_one_comment_however_many_send_it_at_once(cast):
    post = await open_thread(cast.alice)
    new = NewComment(body="only once", key="k1")
    answers = await asyncio.gather(*(post_comment(cast.bob.viewer, post, new) for _ in range(16)))
    assert len({comment.id for comment, _ in answers}) == 1
    assert [is_new for _, is_new in answers].count(True) == 1
    assert await check_sums(post) == 1, "no seq is burnt"
    assert await write(cast.bob, post, "the next one")
    assert await check_sums(post) == 2


async def test_3_5_one_key_on_two_posts_at_once_is_one_comment(cast):
    posts = [await open_thread(cast.alice), await open_thread(cast.alice)]
    new = NewComment(body="only once", key="k1")
    answers = await asyncio.gather(
        *(post_comment(cast.bob.viewer, posts[turn % 2], new) for turn in range(10)), return_exceptions=True
    )
    written = [answer for answer in answers if isinstance(answer, tuple)]
    assert {type(answer) for answer in answers} == {tuple, KeyReused}
    assert len({comment.id for comment, _ in written}) == 1
    assert await check_sums(posts[0]) + await check_sums(posts[1]) == 1


@pytest.mark.parametrize("other", [{"body": "other words"}, {"body": "words", "parent": True}])
async def test_3_5_a_key_with_another_text_or_target_is_refused(cast, other):
    post = await open_thread(cast.alice)
    above = await write(cast.alice, post, "above")
    await write(cast.bob, post, "words", key="k1")
    changed = NewComment(body=other["body"], parent_id=above if "parent" in other else None, key="k1")
    with pytest.raises(KeyReused):
        await post_comment(cast.bob.viewer, post, changed)
    assert await check_sums(post) == 2


async def test_a_key_is_each_members_own(cast):
    post = await open_thread(cast.alice)
    ids = {await write(member, post, "words", key="k1") for member in (cast.alice, cast.bob)}
    assert len(ids) == 2


async def test_the_first_answer_stands_after_the_comment_was_edited_and_the_thread_locked(cast):
    """A repeat is compared with the words as they first came, and is no new comment."""
    post = await open_thread(cast.alice)
    new = NewComment(body="words", key="k1")
    first, _ = await post_comment(cast.bob.viewer, post, new)
    await edit_comment(cast.bob.viewer, first.id, CommentChange(body="other words"))
    await DB.fetch("UPDATE posts SET locked_at = now() WHERE id = $1", post)
    again, is_new = await post_comment(cast.bob.viewer, post, new)
    assert (again.id, again.body, is_new) == (first.id, "other words", False)


async def test_conditions_are_checked_where_the_row_is_written(cast):
    """A lock that is committed while a comment waits for the row stops the comment (LIVE.md 3.2)."""
    post = await open_thread(cast.alice)
    async with DB.transaction():
        await DB.fetch("UPDATE posts SET locked_at = now() WHERE id = $1", post)
        late = asyncio.create_task(_write_apart(cast.bob, post))
        await eventually(_somebody_waits, "the comment waits for the post")
        assert not late.done()
    with pytest.raises(Locked):
        await late
    assert await check_sums(post) == 0


async def _write_apart(member, post):
    DB.current_transaction.set(None)
    return await write(member, post, "too late")


async def _somebody_waits():
    async def look():
        DB.current_transaction.set(None)
        return (await DB.fetch("SELECT count(*) FROM pg_locks WHERE NOT granted"))[0][0]

    return await asyncio.create_task(look())


async def test_a_parent_of_another_thread_is_refused_and_nothing_moves(cast):
    post, other = await open_thread(cast.alice), await open_thread(cast.alice)
    elsewhere = await write(cast.alice, other, "elsewhere")
    for parent in (elsewhere, 0, 10**15):
        with pytest.raises(Invalid) as refused:
            await post_comment(cast.bob.viewer, post, NewComment(body="words", parent_id=parent))
        assert [(error.field, error.code) for error in refused.value.errors] == [("parent_id", "invalid")]
    assert await check_sums(post) == 0
    rows = await DB.fetch("SELECT replies_count FROM comments WHERE id = $1", elsewhere)
    assert rows[0][0] == 0


async def test_nobody_writes_on_what_is_removed_or_not_there(cast):
    post = await open_thread(cast.alice)
    await DB.fetch("UPDATE posts SET removed_at = now(), removed_by = 'author' WHERE id = $1", post)
    for member in (cast.alice, cast.bob, cast.mona):
        with pytest.raises(NotFound):
            await write(member, post, "words")
    with pytest.raises(NotFound):
        await write(cast.bob, 10**15, "words")
    assert await check_sums(post) == 0


async def test_replies_deeper_than_fifty_attach_at_fifty(cast):
    post = await open_thread(cast.alice)
    parent, depths = None, []
    for _ in range(53):
        comment, _ = await post_comment(cast.alice.viewer, post, NewComment(body="deeper", parent_id=parent))
        parent = comment.id
        depths.append(comment.depth)
    assert depths == [*range(51), 50, 50]


async def test_3_4_a_removal_blanks_what_the_log_said_before(cast):
    post = await open_thread(cast.alice)
    identity = await write(cast.bob, post, "a secret")
    await edit_comment(cast.bob.viewer, identity, CommentChange(body="a secret, edited"))
    assert all("secret" in words for words in (await told(post)).values())
    await remove_comment(cast.bob.viewer, identity)
    blanked = await told(post)
    assert list(blanked) == ["1 comment.created", "2 comment.updated", "3 comment.removed"]
    assert list(blanked.values())[:2] == ["null", "null"]
    assert "secret" not in str(blanked)
    await restore_comment(cast.bob.viewer, identity)
    assert [event for event, words in (await told(post)).items() if "secret" in words] == [
        "4 comment.restored"
    ]
    assert await check_sums(post) == 4


async def told(post):
    """What the log says of a thread, event by event."""
    history = await log.read(f"post:{post}", 0, 100)
    assert history is not None
    return {f"{item.seq} {item.event}": bytes(item.data).decode() for item in history.items}


async def test_the_event_is_what_an_anonymous_reader_gets_by_rest(cast):
    """LIVE.md, Events: `data` is the Comment of API.md without `viewer`."""
    post = await open_thread(cast.alice)
    above = await write(cast.alice, post, "above")
    comment, _ = await post_comment(
        cast.bob.viewer, post, NewComment(body="**words**", parent_id=above, key="k")
    )
    by_rest = msgspec.to_builtins(await get_comment(ANONYMOUS, comment.id))
    assert by_rest.pop("viewer") is None
    assert msgspec.json.decode((await told(post))["2 comment.created"]) == by_rest
    assert by_rest["seq"] == 2
