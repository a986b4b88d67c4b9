"""Posts, people and tags that one follows; what is muted or blocked is silent."""

from typing import Any

from app.database.engine import DB
from app.posts.schemas import NewPost
from app.posts.services import publish_post
from tests.cast import Cast, Member
from tests.notifications.doing import do_jobs
from tests.notifications.test_replies import told
from tests.writers import open_thread, write

API = "/api/v1"


async def say(member: Member, title: str = "A new thread", **more: Any) -> int:
    post, _ = await publish_post(member.viewer, NewPost(title=title, body="Words of it.", **more))
    return post.id


async def test_posts_of_whom_one_follows_and_under_a_tag_one_follows_are_told_once(cast: Cast, as_) -> None:
    await say(cast.mona, tags=["tea"])
    await do_jobs()
    bob = as_(cast.bob)
    assert (await bob.put(f"{API}/users/{cast.alice.id}/follow")).status_code < 300
    assert (await bob.put(f"{API}/tags/tea/follow")).status_code < 300
    both, tagged = await say(cast.alice, tags=["tea"]), await say(cast.mona, tags=["tea"])
    await say(cast.mona, tags=["coffee"])
    await do_jobs()
    found = [one for one in await told(as_, cast.bob) if one["kind"] == "post"]
    assert [(one["subject"]["id"], one["reason"]) for one in found] == [
        (tagged, "You follow the tag tea."), (both, "You follow who wrote it."),
    ]  # fmt: skip
    assert found[0]["excerpt"] == "Words of it."


async def test_who_is_followed_is_told_so_once_while_it_lasts(cast: Cast, as_) -> None:
    bob = as_(cast.bob)
    for _ in range(2):
        await bob.put(f"{API}/users/{cast.alice.id}/follow")
        await do_jobs()
    (one,) = await told(as_, cast.alice)
    assert (one["kind"], one["subject"]) == (
        "follow", {"type": "user", "id": cast.bob.id, "title": "Bob", "url": "/@bob"},
    )  # fmt: skip
    await bob.delete(f"{API}/users/{cast.alice.id}/follow")
    await do_jobs()
    assert await told(as_, cast.alice) == []
    assert not await DB.fetch("SELECT FROM notifications WHERE read_at IS NULL")


async def test_replies_in_a_post_that_one_follows_are_told(cast: Cast, as_) -> None:
    post = await open_thread(cast.alice)
    await as_(cast.mona).put(f"{API}/posts/{post}/follow")
    await write(cast.bob, post, "Something.")
    await do_jobs()
    assert [one["reason"] for one in await told(as_, cast.mona)] == ["You follow the post."]
    assert await told(as_, cast.mallory) == []


async def test_an_author_who_does_not_follow_their_own_post_is_told_nothing_of_it(cast: Cast, as_) -> None:
    quiet, loud = await open_thread(cast.alice), await open_thread(cast.alice)
    await as_(cast.alice).delete(f"{API}/posts/{quiet}/follow")
    for post in (quiet, loud):
        await write(cast.bob, post, f"In {post}")
    await do_jobs()
    assert [one["excerpt"] for one in await told(as_, cast.alice)] == [f"In {loud}"]


async def test_a_muted_post_is_silent_even_where_one_is_answered_or_named(cast: Cast, as_) -> None:
    muted, other = await open_thread(cast.alice), await open_thread(cast.alice)
    await as_(cast.bob).put(f"{API}/posts/{muted}/mute")
    for post in (muted, other):
        first = await write(cast.bob, post, "First.")
        await write(cast.alice, post, "@bob, look.", parent_id=first)
    await do_jobs()
    (one,) = await told(as_, cast.bob)
    assert (one["kind"], one["subject"]["title"]) == ("mention", "A thread to write in")
    assert (await DB.fetch("SELECT comment FROM notifications WHERE kind = 'mention'"))[0][0] == one[
        "subject"
    ]["id"]


async def test_a_block_silences_both_and_what_was_told_before(cast: Cast, as_) -> None:
    post = await open_thread(cast.alice)
    first = await write(cast.mallory, post, "Something rude.")
    await do_jobs()
    assert len(await told(as_, cast.alice)) == 1
    assert (await as_(cast.alice).put(f"{API}/users/{cast.mallory.id}/block")).status_code < 300
    assert await told(as_, cast.alice) == []
    await do_jobs()
    assert not await DB.fetch("SELECT FROM notifications WHERE read_at IS NULL")
    await DB.fetch(
        "INSERT INTO comments (post, parent, depth, author, body, body_html, seq) VALUES ($1, $2, 1, $3, 'x', 'x', 1)",
        post, first, cast.alice.id,
    )  # fmt: skip
    await write(cast.mallory, post, "Ruder.")
    await do_jobs()
    for member in (cast.alice, cast.mallory):
        assert await told(as_, member) == []
    await write(cast.bob, post, "Hello, both.", parent_id=first)
    await do_jobs()
    assert (len(await told(as_, cast.alice)), len(await told(as_, cast.mallory))) == (1, 1)
