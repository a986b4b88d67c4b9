"""The demo: seeded once, resumed when it was killed, and a host who answers."""

from app.comments.schemas import NewComment
from app.comments.services import post_comment
from app.database.engine import DB
from app.demo import seed
from tests.cast import enter
from tests.live_client import LiveClient
from tests.waiting import eventually
from tests.working import Worker


async def test_an_empty_community_becomes_the_demo_and_an_inhabited_one_never(database):
    assert await seed.wanted()
    await enter("somebody")
    assert not await seed.wanted()


async def test_seeding_twice_is_seeding_once_and_all_of_it_is_in_the_past(database):
    await seed.seed("one two three four")
    before = (await DB.fetch("SELECT count(*) FROM posts, comments"))[0][0]
    assert before
    await seed.seed("one two three four")
    assert (await DB.fetch("SELECT count(*) FROM posts, comments"))[0][0] == before
    assert not await DB.fetch("SELECT FROM comments WHERE created_at > now() - interval '1 minute'")
    assert not await DB.fetch(
        """SELECT name FROM channels LEFT JOIN events ON channel = name GROUP BY name
        HAVING count(events.seq) > 1 OR count(events.seq) + floor <> channels.seq
            OR channels.seq > floor AND channels.seq IS DISTINCT FROM max(events.seq)"""
    )
    counted = await DB.fetch(
        """SELECT id FROM posts WHERE comments_count <> (SELECT count(*) FROM comments WHERE post = posts.id)"""
    )
    assert not counted


async def test_a_first_comment_is_answered_and_the_host_is_seen_writing(database, server):
    await seed.seed("one two three four")
    visitor = await enter("visitor")
    post_id = (await DB.fetch("SELECT id FROM posts ORDER BY id DESC LIMIT 1"))[0]["id"]
    channel = f"post:{post_id}"
    worker = Worker().start()
    try:
        async with await LiveClient.open(server.live_url) as reader:
            await reader.subscribe(channel)
            comment, _ = await post_comment(visitor.viewer, post_id, NewComment(body="Hello, I am new"))
            await reader.hear_type("typing")
            # Whatever else happened meanwhile: the answer is the next comment.
            answer = (await reader.hear_events(channel, 2))[1]
    finally:
        worker.close()
    assert answer["data"]["parent_id"] == comment.id
    assert "one of the demo" in answer["data"]["body"]

    async def settled():
        return (await DB.fetch("SELECT count(*) FROM comments WHERE parent = $1", comment.id))[0][0] == 1

    await eventually(settled, "one answer and no more")
