"""Reactions to one thing are one notification, which grows."""

from app.comments.removing import remove_comment
from app.database.engine import DB
from app.reactions.services import Subject, add_reaction, flush, take_reaction
from tests.cast import Cast, Member, enter
from tests.live_client import LiveClient
from tests.notifications.doing import do_jobs
from tests.notifications.test_replies import told
from tests.writers import open_thread, write


async def count_and_tell() -> None:
    while await DB.fetch("SELECT FROM dirty"):
        await flush()
    await do_jobs()


async def like(member: Member, comment: int) -> None:
    await add_reaction(member.viewer, Subject("comment", comment), "like")
    await count_and_tell()


async def unlike(member: Member, comment: int) -> None:
    await take_reaction(member.viewer, Subject("comment", comment), "like")
    await count_and_tell()


async def test_many_reactions_are_one_notification_with_the_latest_three(cast: Cast, as_) -> None:
    post = await open_thread(cast.bob)
    comment = await write(cast.alice, post, "Rye.")
    for name in ("one", "two", "three", "four", "five"):
        await like(await enter(name), comment)
    await add_reaction(cast.bob.viewer, Subject("comment", comment), "love")
    await like(cast.bob, comment)
    (one,) = await told(as_, cast.alice)
    assert (one["kind"], one["actors_count"], one["excerpt"]) == ("reaction", 6, "Rye.")
    assert [actor["username"] for actor in one["actors"]] == ["bob", "five", "four"]
    assert one["reason"] == "You wrote the comment."


async def test_a_bundle_that_was_read_is_new_again_and_on_top_when_somebody_joins(cast: Cast, as_) -> None:
    post = await open_thread(cast.bob)
    comment = await write(cast.alice, post, "Rye.")
    await like(cast.mona, comment)
    await write(cast.bob, post, "An answer.", parent_id=comment)
    await do_jobs()
    await as_(cast.alice).post("/api/v1/notifications/read")
    await like(cast.mallory, comment)
    found = await told(as_, cast.alice)
    assert [(one["kind"], one["read_at"] is None) for one in found] == [("reaction", True), ("reply", False)]


async def test_taking_it_back_and_giving_it_again_tells_nobody_twice(cast: Cast, as_) -> None:
    post = await open_thread(cast.bob)
    comment = await write(cast.alice, post, "Rye.")
    await like(cast.mona, comment)
    await as_(cast.alice).post("/api/v1/notifications/read")
    await unlike(cast.mona, comment)
    assert await told(as_, cast.alice) == []
    await like(cast.mona, comment)
    assert [one["read_at"] is not None for one in await told(as_, cast.alice)] == [True]


async def test_what_is_taken_back_before_it_was_read_is_not_new_any_more(cast: Cast, server, as_) -> None:
    post = await open_thread(cast.bob)
    comment = await write(cast.alice, post, "Rye.")
    channel = f"user:{cast.alice.id}"
    async with await LiveClient.open(server.live_url, token=cast.alice.token, origin=server.url) as alice:
        await alice.subscribe(channel)
        await like(cast.mona, comment)
        await unlike(cast.mona, comment)
        events = await alice.hear_events(channel, 2)
    assert [event["event"] for event in events] == ["notification.created", "notification.read"]
    assert 'data-counted="[]"' in (await as_(cast.alice).get("/")).text


async def test_ones_own_reaction_and_what_is_removed_tell_nothing(cast: Cast, as_) -> None:
    post = await open_thread(cast.bob)
    comment = await write(cast.alice, post, "Rye.")
    await like(cast.alice, comment)
    assert await told(as_, cast.alice) == []
    await add_reaction(cast.mona.viewer, Subject("comment", comment), "wow")
    await remove_comment(cast.alice.viewer, comment)
    await count_and_tell()
    assert await told(as_, cast.alice) == []
    await add_reaction(cast.mona.viewer, Subject("post", post), "wow")
    await count_and_tell()
    assert [one["subject"]["type"] for one in await told(as_, cast.bob) if one["kind"] == "reaction"] == [
        "post"
    ]
