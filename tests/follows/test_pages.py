"""Follows, mutes and blocks without JavaScript: forms, and the page where one undoes it all."""

from tests.api import shown
from tests.writers import open_thread, write


async def sent(client, path, **fields):
    answer = await client.post(path, data=fields)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def test_forms_follow_and_mute_a_post_and_lead_back_to_it(cast, as_):
    post, bob = await open_thread(cast.alice), as_(cast.bob)
    home = f"/posts/{post}/a-thread-to-write-in"
    assert f'action="/posts/{post}/follow"' in (await bob.get(home)).text
    assert await sent(bob, f"/posts/{post}/follow") == home
    assert f'action="/posts/{post}/follow/removal"' in (await bob.get(home)).text
    assert await sent(bob, f"/posts/{post}/mute") == home
    assert f'action="/posts/{post}/mute/removal"' in (await bob.get(home)).text
    assert "A thread to write in" not in (await bob.get("/")).text
    await sent(bob, f"/posts/{post}/mute/removal")
    assert "A thread to write in" in (await bob.get("/")).text


async def test_forms_follow_people_and_tags_and_lead_nowhere_else(cast, as_):
    fields = {"title": "About bread", "body": "words", "tags": ["bread"]}
    shown(await as_(cast.alice).post("/api/v1/posts", json=fields), 201)
    bob = as_(cast.bob)
    assert await sent(bob, f"/users/{cast.alice.id}/follow", next="/@alice") == "/@alice"
    assert await sent(bob, "/tags/bread/follow", next="https://evil.example/") == "/"
    assert f'action="/users/{cast.alice.id}/follow/removal"' in (await bob.get("/@alice")).text
    assert 'action="/tags/bread/follow/removal"' in (await bob.get("/tags/bread")).text
    assert "About bread" in (await bob.get("/?following=true")).text
    page = (await bob.get("/settings/following")).text
    assert "Alice" in page
    assert "/tags/bread/follow/removal" in page
    await sent(bob, "/tags/bread/follow/removal")
    await sent(bob, f"/users/{cast.alice.id}/follow/removal")
    assert "About bread" not in (await bob.get("/?following=true")).text


async def test_what_is_followed_without_being_asked_is_a_choice(cast, as_):
    alice = as_(cast.alice)
    page = (await alice.get("/settings/following")).text
    assert page.count(" checked") == 1
    assert (
        await sent(alice, "/settings/following", answered_posts="on") == "/settings/following?saved=following"
    )
    mine, theirs = await open_thread(cast.alice), await open_thread(cast.bob)
    await write(cast.alice, theirs, "an answer")
    following = [
        shown(await alice.get(f"/api/v1/posts/{post}"))["viewer"]["following"] for post in (mine, theirs)
    ]
    assert following == [False, True]


async def test_a_block_is_said_on_the_page_of_the_member_and_taken_back_there(cast, as_):
    post = await open_thread(cast.bob)
    await write(cast.bob, post, "Something secret")
    alice = as_(cast.alice)
    assert "Something secret" in (await alice.get("/@bob/comments")).text
    assert await sent(alice, f"/users/{cast.bob.id}/block", next="/@bob") == "/@bob"
    for path in ("/@bob", "/@bob/comments"):
        page = (await alice.get(path)).text
        assert "You have blocked Bob" in page
        assert "Something secret" not in page
        assert f'action="/users/{cast.bob.id}/block/removal"' in page
    assert "Alice has blocked you" in (await as_(cast.bob).get("/@alice")).text
    thread = (await alice.get(f"/posts/{post}/a-thread-to-write-in")).text
    assert "Hidden, as one of you has blocked the other" in thread
    assert "Something secret" not in thread
    assert f'data-hidden="{cast.bob.id}"' in thread
    assert "Bob" in (await alice.get("/settings/following")).text
    await sent(alice, f"/users/{cast.bob.id}/block/removal")
    assert "Something secret" in (await alice.get("/@bob/comments")).text


async def test_who_goes_to_a_hidden_comment_itself_reads_it(cast, as_):
    post = await open_thread(cast.mona)
    comment = await write(cast.bob, post, "Something secret")
    await sent(as_(cast.alice), f"/users/{cast.bob.id}/block")
    assert "Something secret" in (await as_(cast.alice).get(f"/comments/{comment}")).text
