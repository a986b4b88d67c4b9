"""Reactions: toggles, the count that readers are told (LIVE.md 3.8), and the stress that both must survive."""

import asyncio
import random

from app.comments.removing import remove_comment
from app.comments.schemas import NewComment
from app.comments.services import post_comment
from app.database.engine import DB
from app.posts.schemas import NewPost
from app.posts.services import publish_post
from tests.cast import enter
from tests.live_client import LiveClient
from tests.waiting import eventually


async def _thread(cast):
    post, _ = await publish_post(cast.alice.viewer, NewPost(title="A thread", body="words"))
    comment, _ = await post_comment(cast.alice.viewer, post.id, NewComment(body="a comment"))
    return post, comment


async def test_a_reaction_is_counted_and_told_once(cast, server, as_):
    post, comment = await _thread(cast)
    async with await LiveClient.open(server.live_url) as reader:
        await reader.subscribe(f"post:{post.id}")
        answer = await as_(cast.bob).put(f"/api/v1/comments/{comment.id}/reactions/love")
        assert answer.json()["data"]["reactions"] == {"love": 1}
        assert answer.json()["data"]["viewer"]["reactions"] == ["love"]
        event = (await reader.hear_events(f"post:{post.id}", 1))[0]
    assert event["event"] == "reactions.changed"
    assert event["data"] == {"subject": f"comment:{comment.id}", "reactions": {"love": 1}}
    shown = (await as_(cast.alice).get(f"/api/v1/comments/{comment.id}")).json()["data"]
    assert (shown["reactions"], shown["seq"], shown["viewer"]["reactions"]) == ({"love": 1}, event["seq"], [])


async def test_the_same_reaction_twice_counts_once_and_can_be_taken_back(cast, as_):
    post, _ = await _thread(cast)
    bob = as_(cast.bob)
    for _ in range(2):
        answer = await bob.put(f"/api/v1/posts/{post.id}/reactions/wow")
    assert answer.json()["data"]["reactions"] == {"wow": 1}
    for _ in range(2):
        answer = await bob.delete(f"/api/v1/posts/{post.id}/reactions/wow")
    assert (answer.status_code, answer.json()["data"]["reactions"]) == (200, {})


async def test_what_may_not_be_reacted_to_is_refused(cast, client, as_):
    _post, comment = await _thread(cast)
    bob = as_(cast.bob)
    assert (await bob.put(f"/api/v1/comments/{comment.id}/reactions/like")).status_code == 200
    assert (await client.put(f"/api/v1/comments/{comment.id}/reactions/like")).status_code == 401
    refused = await bob.put(f"/api/v1/comments/{comment.id}/reactions/hate")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "not_a_choice")
    assert (await bob.put(f"/api/v1/comments/{comment.id + 99}/reactions/like")).status_code == 404
    await remove_comment(cast.alice.viewer, comment.id)
    assert (await bob.put(f"/api/v1/comments/{comment.id}/reactions/like")).status_code == 403


async def test_rule_3_8_a_flush_that_was_killed_is_made_up_for(cast, serve):
    _post, comment = await _thread(cast)
    await DB.fetch(
        """INSERT INTO reactions ("user", comment, kind) VALUES ($1, $2, 'sad')""", cast.bob.id, comment.id
    )
    await DB.fetch("INSERT INTO dirty (subject) VALUES ($1)", f"comment:{comment.id}")
    serve()

    async def told():
        return await DB.fetch("SELECT FROM events WHERE kind = 'reactions.changed'")

    await eventually(told, "the next process counts what was left")
    assert not await DB.fetch("SELECT FROM dirty")


async def test_fifty_people_toggling_one_comment_end_with_count_rows_and_readers_alike(cast, server):
    post, comment = await _thread(cast)
    people = [await enter(f"person{number}") for number in range(50)]
    channel = f"post:{post.id}"
    async with await LiveClient.open(server.live_url) as reader:
        await reader.subscribe(channel)
        await asyncio.gather(*(_toggle(server, person, comment.id) for person in people))

        async def clean():
            return not await DB.fetch("SELECT FROM dirty")

        await eventually(clean, "everything is counted")
        row = (await DB.fetch("SELECT reactions, seq FROM comments WHERE id = $1", comment.id))[0]
        await reader.hear(
            lambda frame: frame.get("event") == "reactions.changed" and frame["seq"] == row["seq"],
            "the last count",
        )
    rows = await DB.fetch("SELECT kind, count(*) FROM reactions WHERE comment = $1 GROUP BY kind", comment.id)
    told = [event for event in reader.events[channel] if event["event"] == "reactions.changed"]
    assert told[-1]["data"]["reactions"] == {row["kind"]: row["count"] for row in rows}
    async with server.client() as anonymous:
        shown = (await anonymous.get(f"/api/v1/comments/{comment.id}")).json()["data"]
    assert shown["reactions"] == told[-1]["data"]["reactions"]
    assert reader.seqs(channel) == list(range(reader.seqs(channel)[0], row["seq"] + 1))
    # Coalesced: 500 toggles are not 500 events.
    assert len(told) < 250


async def _toggle(server, person, comment_id):
    dice = random.Random(person.username)
    async with server.client(person.token) as client:
        for _ in range(10):
            kind = dice.choice(["like", "love", "laugh"])
            method = dice.choice(["PUT", "DELETE"])
            answer = await client.request(method, f"/api/v1/comments/{comment_id}/reactions/{kind}")
            assert answer.status_code == 200


async def test_a_form_reacts_without_javascript(cast, as_):
    post, comment = await _thread(cast)
    bob = as_(cast.bob)
    answer = await bob.post(f"/comments/{comment.id}/reactions", data={"kind": "thanks"})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{post.url}#comment-{comment.id}")
    assert await DB.fetch("SELECT FROM reactions")
    await bob.post(f"/comments/{comment.id}/reactions", data={"kind": "-thanks"})
    assert not await DB.fetch("SELECT FROM reactions")
