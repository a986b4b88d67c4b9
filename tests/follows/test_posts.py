"""Following and muting posts: what the reader is told of it, and where it shows."""

from app.database.engine import DB
from tests.api import refused, shown
from tests.writers import open_thread, write


async def ids(client, query=""):
    return [post["id"] for post in shown(await client.get(f"/api/v1/posts{query}"))]


async def viewer_of(client, post):
    part = shown(await client.get(f"/api/v1/posts/{post}"))["viewer"]
    return part["following"], part["muted"]


async def test_a_post_is_followed_and_left_again_as_often_as_one_likes(cast, as_):
    post, bob = await open_thread(cast.alice), as_(cast.bob)
    assert await viewer_of(bob, post) == (False, False)
    for _ in range(2):
        told = shown(await bob.put(f"/api/v1/posts/{post}/follow"))
        assert (told["id"], told["viewer"]["following"]) == (post, True)
    for _ in range(2):
        assert (await bob.delete(f"/api/v1/posts/{post}/follow")).status_code == 204
    assert await viewer_of(bob, post) == (False, False)


async def test_a_muted_post_is_not_followed_and_a_followed_one_not_muted(cast, as_):
    post, bob = await open_thread(cast.alice), as_(cast.bob)
    await bob.put(f"/api/v1/posts/{post}/follow")
    assert shown(await bob.put(f"/api/v1/posts/{post}/mute"))["viewer"]["muted"] is True
    assert await viewer_of(bob, post) == (False, True)
    assert (await bob.delete(f"/api/v1/posts/{post}/follow")).status_code == 204
    assert await viewer_of(bob, post) == (False, True)
    await bob.put(f"/api/v1/posts/{post}/follow")
    assert await viewer_of(bob, post) == (True, False)
    await bob.delete(f"/api/v1/posts/{post}/mute")
    assert await viewer_of(bob, post) == (True, False)


async def test_a_muted_post_is_not_among_the_others_but_is_found_by_who_looks_for_it(cast, as_):
    post, other = await open_thread(cast.alice), await open_thread(cast.alice, "Another one")
    bob = as_(cast.bob)
    await bob.put(f"/api/v1/posts/{post}/mute")
    assert await ids(bob) == [other]
    assert await ids(bob, "?author=alice") == [other, post]
    assert await ids(bob, "?q=write") == [post]
    assert await ids(as_(cast.mona)) == [other, post]


async def test_what_one_follows_are_posts_their_authors_and_their_tags(cast, as_, client):
    followed, by_alice = await open_thread(cast.mona), await open_thread(cast.alice)
    await open_thread(cast.mallory)
    alice, bob = as_(cast.alice), as_(cast.bob)
    fields = {"title": "About bread", "body": "words", "tags": ["bread"]}
    tagged = shown(await as_(cast.ada).post("/api/v1/posts", json=fields), 201)["id"]
    assert await ids(bob, "?following=true") == []
    await bob.put(f"/api/v1/posts/{followed}/follow")
    shown(await bob.put(f"/api/v1/users/{cast.alice.id}/follow"))
    shown(await bob.put("/api/v1/tags/Bread/follow"))
    assert await ids(bob, "?following=true&sort=recent") == [tagged, by_alice, followed]
    await bob.put(f"/api/v1/posts/{by_alice}/mute")
    await bob.delete("/api/v1/tags/bread/follow")
    assert await ids(bob, "?following=true") == [followed]
    await bob.delete(f"/api/v1/users/{cast.alice.id}/follow")
    assert await ids(alice, "?following=true") == [by_alice], "she wrote it"
    refused(await client.get("/api/v1/posts?following=true"), 401, "unauthenticated")


async def test_an_author_follows_their_own_post_unless_they_want_it_otherwise(cast, as_):
    post, alice = await open_thread(cast.alice), as_(cast.alice)
    assert await viewer_of(alice, post) == (True, False)
    await DB.fetch('INSERT INTO follow_settings ("user", own_posts) VALUES ($1, false)', cast.alice.id)
    assert await viewer_of(alice, await open_thread(cast.alice)) == (False, False)


async def test_who_answers_follows_only_if_they_want_it_so(cast, as_):
    post, bob = await open_thread(cast.alice), as_(cast.bob)
    await write(cast.bob, post, "an answer")
    assert await viewer_of(bob, post) == (False, False)
    await DB.fetch('INSERT INTO follow_settings ("user", answered_posts) VALUES ($1, true)', cast.bob.id)
    await write(cast.bob, post, "another")
    assert await viewer_of(bob, post) == (True, False)


async def test_who_has_stopped_following_does_not_begin_again_by_an_answer(cast, as_):
    post, bob = await open_thread(cast.alice), as_(cast.bob)
    await DB.fetch('INSERT INTO follow_settings ("user", answered_posts) VALUES ($1, true)', cast.bob.id)
    await bob.delete(f"/api/v1/posts/{post}/follow")
    await write(cast.bob, post, "an answer")
    assert await viewer_of(bob, post) == (False, False)


async def test_what_cannot_be_followed_is_refused(cast, as_, client):
    post, bob = await open_thread(cast.alice), as_(cast.bob)
    for path in (
        f"posts/{post}/follow",
        f"posts/{post}/mute",
        f"users/{cast.alice.id}/follow",
        "tags/tea/follow",
    ):
        refused(await client.put(f"/api/v1/{path}"), 401, "unauthenticated")
        refused(await client.delete(f"/api/v1/{path}"), 401, "unauthenticated")
    for path in (f"posts/{post + 9}/follow", f"posts/{post + 9}/mute", "users/999/follow", "tags/tea/follow"):
        refused(await bob.put(f"/api/v1/{path}"), 404, "not_found")
    refused(await bob.put(f"/api/v1/users/{cast.bob.id}/follow"), 409, "conflict")
    await as_(cast.alice).delete(f"/api/v1/posts/{post}")
    refused(await bob.put(f"/api/v1/posts/{post}/follow"), 404, "not_found")
