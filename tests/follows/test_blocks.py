"""A block hides each of the two from the other, and nothing from anybody else."""

import asyncio

from app.database.engine import DB
from tests.api import refused, shown
from tests.cast import enter
from tests.live_client import LiveClient
from tests.writers import check_sums, open_thread, write


async def block(as_, one, other):
    shown(await as_(one).put(f"/api/v1/users/{other.id}/block"))


async def authors(client, path):
    return [
        thing["author"]["username"] for thing in shown(await client.get(f"/api/v1{path}")) if thing["author"]
    ]


async def test_a_block_hides_posts_in_lists_both_ways(cast, as_, client):
    await open_thread(cast.alice), await open_thread(cast.bob)
    alice, bob = as_(cast.alice), as_(cast.bob)
    assert await authors(alice, "/posts") == ["bob", "alice"]
    await block(as_, cast.alice, cast.bob)
    assert await authors(alice, "/posts") == ["alice"]
    assert await authors(bob, "/posts") == ["bob"]
    assert await authors(alice, "/posts?author=bob") == []
    for other in (client, as_(cast.mallory)):
        assert await authors(other, "/posts") == ["bob", "alice"]
    assert (await alice.get("/api/v1/posts")).json()["meta"]["total"] == 1


async def test_a_block_hides_comments_in_threads_and_keeps_the_places_of_their_answers(cast, as_, client):
    post = await open_thread(cast.mona)
    hidden = await write(cast.bob, post, "of bob")
    answer = await write(cast.mona, post, "an answer", parent_id=hidden)
    await write(cast.alice, post, "of alice")
    await block(as_, cast.alice, cast.bob)
    path = f"/api/v1/posts/{post}/comments"
    first, second, _ = shown(await as_(cast.alice).get(path))
    assert (first["id"], first["body"], first["body_html"], first["author"]) == (hidden, None, None, None)
    assert (first["removed"], first["viewer"]) == (None, {"reactions": [], "can": []})
    assert (second["id"], second["parent_id"], second["body"]) == (answer, hidden, "an answer")
    assert [c["body"] for c in shown(await as_(cast.bob).get(path))] == ["of bob", "an answer", None]
    assert [c["body"] for c in shown(await client.get(path))] == ["of bob", "an answer", "of alice"]
    assert "of bob" not in (await as_(cast.alice).get(f"/posts/{post}/a-thread-to-write-in")).text
    assert "of bob" in (await as_(cast.mallory).get(f"/posts/{post}/a-thread-to-write-in")).text


async def test_a_block_is_no_right_of_access(cast, as_):
    post = await open_thread(cast.bob)
    comment = await write(cast.bob, post, "of bob")
    await block(as_, cast.alice, cast.bob)
    alice = as_(cast.alice)
    assert shown(await alice.get(f"/api/v1/posts/{post}"))["author"]["username"] == "bob"
    assert shown(await alice.get(f"/api/v1/comments/{comment}"))["body"] == "of bob"
    assert shown(await alice.get(f"/api/v1/users/{cast.bob.id}"))["username"] == "bob"


async def test_a_block_hides_members_from_completion_both_ways(cast, as_):
    async def found(member, name):
        return [one["username"] for one in shown(await as_(member).get(f"/api/v1/users?q={name}"))]

    assert (await found(cast.alice, "bo"), await found(cast.bob, "ali")) == (["bob"], ["alice"])
    await block(as_, cast.alice, cast.bob)
    assert (await found(cast.alice, "bo"), await found(cast.bob, "ali")) == ([], [])
    assert await found(cast.mallory, "bo") == ["bob"]


async def test_nobody_can_hide_from_those_who_keep_order(cast, as_):
    post = await open_thread(cast.mallory)
    await block(as_, cast.mallory, cast.mona)
    assert await authors(as_(cast.mona), "/posts") == ["mallory"]
    assert [one["username"] for one in shown(await as_(cast.mallory).get("/api/v1/blocks"))] == ["mona"]
    assert shown(await as_(cast.mona).get("/api/v1/blocks")) == []
    await write(cast.mona, post, "a word of warning")
    assert shown(await as_(cast.mallory).get(f"/api/v1/posts/{post}/comments"))[0]["body"] is None


async def test_a_block_is_told_to_both_and_leaves_no_hole_in_any_channel(cast, as_, server):
    post = await open_thread(cast.mona)
    alices = await LiveClient.open(server.live_url, origin=server.url, token=cast.alice.token)
    bobs = await LiveClient.open(server.live_url, origin=server.url, token=cast.bob.token)
    async with alices as alice, bobs as bob:
        await alice.subscribe(f"user:{cast.alice.id}")
        await alice.subscribe(f"post:{post}")
        await bob.subscribe(f"user:{cast.bob.id}")
        await block(as_, cast.alice, cast.bob)
        (to_alice,) = await alice.hear_events(f"user:{cast.alice.id}", 1)
        (to_bob,) = await bob.hear_events(f"user:{cast.bob.id}", 1)
        assert (to_alice["event"], to_alice["data"]) == (
            "block.changed",
            {"user_id": cast.bob.id, "blocked": True},
        )
        assert to_bob["data"] == {"user_id": cast.alice.id, "blocked": True}
        await write(cast.bob, post, "of bob")
        await write(cast.mona, post, "of mona")
        heard = await alice.hear_events(f"post:{post}", 2)
        # Everybody gets the same events; the client hides by the list.
        assert [event["data"]["author"]["username"] for event in heard] == ["bob", "mona"]
        assert alice.seqs(f"post:{post}") == [1, 2]
        await as_(cast.alice).delete(f"/api/v1/users/{cast.bob.id}/block")
        told = await bob.hear_events(f"user:{cast.bob.id}", 2)
        assert told[-1]["data"] == {"user_id": cast.alice.id, "blocked": False}
    await check_sums(post)


async def test_of_two_blocks_one_may_go_and_both_stay_hidden(cast, as_):
    await open_thread(cast.bob)
    await block(as_, cast.alice, cast.bob)
    await block(as_, cast.bob, cast.alice)
    before = await DB.fetch("SELECT seq FROM channels WHERE name LIKE 'user:%' ORDER BY name")
    await as_(cast.alice).delete(f"/api/v1/users/{cast.bob.id}/block")
    assert await authors(as_(cast.alice), "/posts") == []
    assert await DB.fetch("SELECT seq FROM channels WHERE name LIKE 'user:%' ORDER BY name") == before
    await as_(cast.bob).delete(f"/api/v1/users/{cast.alice.id}/block")
    assert await authors(as_(cast.alice), "/posts") == ["bob"]


async def test_two_who_take_their_blocks_back_at_once_are_told_that_nothing_is_hidden(cast, as_):
    await block(as_, cast.alice, cast.bob)
    await block(as_, cast.bob, cast.alice)
    await asyncio.gather(
        as_(cast.alice).delete(f"/api/v1/users/{cast.bob.id}/block"),
        as_(cast.bob).delete(f"/api/v1/users/{cast.alice.id}/block"),
    )
    rows = await DB.fetch(
        "SELECT data->>'blocked' AS blocked FROM events WHERE kind = 'block.changed' ORDER BY seq"
    )
    assert [row["blocked"] for row in rows] == ["true", "true", "false", "false"]


async def test_the_list_holds_who_is_hidden_and_whose_wish_it_was(cast, as_, client):
    await block(as_, cast.alice, cast.bob)
    mine, theirs = [shown(await as_(one).get("/api/v1/blocks")) for one in (cast.alice, cast.bob)]
    face = {"avatar_url": None, "role": "member"}
    assert mine == [{"id": cast.bob.id, "username": "bob", "name": "Bob", **face, "own": True}]
    assert theirs == [{"id": cast.alice.id, "username": "alice", "name": "Alice", **face, "own": False}]
    refused(await client.get("/api/v1/blocks"), 401, "unauthenticated")


async def test_a_block_ends_follows_and_allows_no_new_ones(cast, as_):
    alice, bob = as_(cast.alice), as_(cast.bob)
    shown(await alice.put(f"/api/v1/users/{cast.bob.id}/follow"))
    shown(await bob.put(f"/api/v1/users/{cast.alice.id}/follow"))
    await block(as_, cast.alice, cast.bob)
    assert not await DB.fetch("SELECT FROM member_follows")
    for one, other in ((alice, cast.bob), (bob, cast.alice)):
        refused(await one.put(f"/api/v1/users/{other.id}/follow"), 409, "conflict")


async def test_who_cannot_be_blocked(cast, as_, client):
    alice = as_(cast.alice)
    refused(await client.put(f"/api/v1/users/{cast.bob.id}/block"), 401, "unauthenticated")
    refused(await alice.put(f"/api/v1/users/{cast.alice.id}/block"), 409, "conflict")
    refused(await alice.put("/api/v1/users/999999/block"), 404, "not_found")
    assert (await alice.delete(f"/api/v1/users/{cast.bob.id}/block")).status_code == 204


async def test_what_is_hidden_is_not_counted_as_unread(cast, as_):
    post = await open_thread(cast.mona)
    alice = as_(cast.alice)
    shown(await alice.put(f"/api/v1/posts/{post}/read", json={"comment_id": 0}))
    await write(cast.bob, post, "of bob")
    await write(cast.mona, post, "of mona")
    unread = shown(await alice.get(f"/api/v1/posts/{post}"))["viewer"]["unread_count"]
    await block(as_, cast.alice, cast.bob)
    assert (unread, shown(await alice.get(f"/api/v1/posts/{post}"))["viewer"]["unread_count"]) == (2, 1)


async def test_who_has_left_is_hidden_from_nobody_any_more(cast, as_):
    gone = await enter("gone")
    await block(as_, cast.alice, gone)
    await DB.fetch("UPDATE users SET left_at = now() WHERE id = $1", gone.id)
    assert shown(await as_(cast.alice).get("/api/v1/blocks")) == []
    assert (await as_(cast.alice).delete(f"/api/v1/users/{gone.id}/block")).status_code == 204
