"""Mentions in posts and comments: linked when they are written, and a row for each."""

from app.database.engine import DB
from tests.api import shown
from tests.live_client import LiveClient
from tests.writers import open_thread

_NAMED = """
SELECT users.username FROM mentions JOIN users ON users.id = mentions."user" WHERE {noun} = $1 ORDER BY username
"""


async def named(noun, subject):
    return [row["username"] for row in await DB.fetch(_NAMED.format(noun=noun), subject)]


async def comment(client, post, body):
    return shown(await client.post(f"/api/v1/posts/{post}/comments", json={"body": body}), 201)


async def test_whom_a_comment_names_is_linked_and_remembered(cast, as_, server):
    post = await open_thread(cast.alice)
    async with await LiveClient.open(server.live_url) as reader:
        await reader.subscribe(f"post:{post}")
        made = await comment(as_(cast.bob), post, "Look, @Alice and @mona, not @nobody")
        (event,) = await reader.hear_events(f"post:{post}", 1)
    assert '<a href="/@alice" class="mention" rel="nofollow ugc noopener">@alice</a>' in made["body_html"]
    assert event["data"]["body_html"] == made["body_html"]
    assert "@nobody" in made["body_html"]
    assert await named("comment", made["id"]) == ["alice", "mona"]


async def test_whom_a_post_names_is_linked_and_remembered(cast, as_):
    fields = {"title": "To you", "body": "Dear @bob", "tags": []}
    made = shown(await as_(cast.alice).post("/api/v1/posts", json=fields), 201)
    assert 'href="/@bob"' in made["body_html"]
    assert made["excerpt"] == "Dear @bob"
    assert await named("post", made["id"]) == ["bob"]


async def test_an_edit_names_others_and_forgets_those_who_are_named_no_more(cast, as_):
    bob, post = as_(cast.bob), await open_thread(cast.bob)
    made = await comment(bob, post, "@alice and @mona")
    before = await DB.fetch("SELECT id FROM mentions ORDER BY id")
    for noun, subject in (("comment", made["id"]), ("post", post)):
        shown(await bob.patch(f"/api/v1/{noun}s/{subject}", json={"body": "@mona and @ada"}))
        assert await named(noun, subject) == ["ada", "mona"]
    kept = await DB.fetch("SELECT id FROM mentions WHERE comment IS NOT NULL ORDER BY id")
    assert before[1] in kept, "who was named before is not named anew"
    shown(await bob.patch(f"/api/v1/posts/{post}", json={"title": "Only the title"}))
    assert await named("post", post) == ["ada", "mona"]


async def test_nobody_is_named_whom_a_block_hides(cast, as_):
    post = await open_thread(cast.mona)
    shown(await as_(cast.alice).put(f"/api/v1/users/{cast.bob.id}/block"))
    for one, other in ((cast.alice, "bob"), (cast.bob, "alice")):
        made = await comment(as_(one), post, f"@{other} and @mona")
        assert await named("comment", made["id"]) == ["mona"]
        assert f'href="/@{other}"' not in made["body_html"]
    assert await named("comment", (await comment(as_(cast.mallory), post, "@bob @alice"))["id"]) == [
        "alice",
        "bob",
    ]


async def test_who_names_themself_is_linked_and_not_called(cast, as_):
    post = await open_thread(cast.mona)
    made = await comment(as_(cast.bob), post, "I, @bob")
    assert 'href="/@bob"' in made["body_html"]
    assert await named("comment", made["id"]) == []


async def test_who_has_left_is_not_named(cast, as_):
    post = await open_thread(cast.mona)
    await DB.fetch("UPDATE users SET left_at = now() WHERE id = $1", cast.alice.id)
    made = await comment(as_(cast.bob), post, "@alice")
    assert (made["body_html"], await named("comment", made["id"])) == ("<p>@alice</p>\n", [])


async def test_the_same_key_names_nobody_twice(cast, as_):
    bob, post = as_(cast.bob), await open_thread(cast.mona)
    for _ in range(2):
        await bob.post(f"/api/v1/posts/{post}/comments", json={"body": "@alice", "key": "once"})
    assert len(await DB.fetch("SELECT FROM mentions")) == 1
