"""Who is writing: told to those who are there, never logged."""

from app.database.engine import DB
from app.posts.schemas import NewPost
from app.posts.services import publish_post
from tests.live_client import LiveClient


async def test_readers_see_a_member_writing_and_nothing_is_logged(cast, server):
    post, _ = await publish_post(cast.alice.viewer, NewPost(title="A thread", body="words"))
    channel = f"post:{post.id}"
    async with (
        await LiveClient.open(server.live_url) as reader,
        await LiveClient.open(server.live_url, token=cast.bob.token, origin=server.url) as bob,
    ):
        before = await reader.subscribe(channel)
        await bob.subscribe(channel)
        await bob.say({"type": "typing", "channel": channel})
        frame = await reader.hear_type("typing")
    assert (frame["channel"], frame["user"]["username"]) == (channel, "bob")
    after = (await DB.fetch("SELECT seq FROM channels WHERE name = $1", channel))[0]["seq"]
    assert after == before["seq"]


async def test_someone_without_an_account_is_not_shown_writing(cast, server):
    post, _ = await publish_post(cast.alice.viewer, NewPost(title="A thread", body="words"))
    channel = f"post:{post.id}"
    async with (
        await LiveClient.open(server.live_url, token=cast.bob.token, origin=server.url) as bob,
        await LiveClient.open(server.live_url) as nobody,
    ):
        await bob.subscribe(channel)
        await nobody.subscribe(channel)
        await nobody.say({"type": "typing", "channel": channel})
        await bob.say({"type": "typing", "channel": channel})
        await nobody.hear_type("typing")
    assert [f["user"]["username"] for f in bob.frames if f["type"] == "typing"] == ["bob"]


async def test_who_is_suspended_is_not_shown_writing(cast, server):
    post, _ = await publish_post(cast.alice.viewer, NewPost(title="A thread", body="words"))
    await DB.fetch("""INSERT INTO suspensions ("user", reason) VALUES ($1, 'Rude.')""", cast.mallory.id)
    channel = f"post:{post.id}"
    async with (
        await LiveClient.open(server.live_url, token=cast.bob.token, origin=server.url) as bob,
        await LiveClient.open(server.live_url, token=cast.mallory.token, origin=server.url) as mallory,
    ):
        await bob.subscribe(channel)
        await mallory.subscribe(channel)
        await mallory.say({"type": "typing", "channel": channel})
        await bob.say({"type": "typing", "channel": channel})
        await mallory.hear_type("typing")
    assert [f["user"]["username"] for f in bob.frames if f["type"] == "typing"] == ["bob"]
