"""What becomes of posts and comments: written, edited, removed, brought back."""

import re

import pytest

from tests.api import BASE, refused, shown
from tests.writers import check_sums, open_thread, write

POST_KEYS = {
    "id", "title", "body", "body_html", "excerpt", "tags", "author", "comments_count", "reactions", "locked", "pinned",
    "removed", "edited_at", "last_activity_at", "created_at", "updated_at", "seq", "url", "viewer",
}  # fmt: skip
COMMENT_KEYS = {
    "id", "post_id", "parent_id", "depth", "body", "body_html", "author", "key", "reactions", "replies_count",
    "removed", "edited_at", "created_at", "updated_at", "seq", "url", "viewer",
}  # fmt: skip


@pytest.fixture
def alice(as_, cast):
    return as_(cast.alice)


@pytest.fixture
def bob(as_, cast):
    return as_(cast.bob)


class TestObjects:
    async def test_a_post_has_every_key_and_no_other(self, alice, client):
        new = {"title": "A title", "body": "Some *words*", "tags": ["Bread"]}
        post = shown(await alice.post(f"{BASE}/posts", json=new), 201)
        assert set(post) == POST_KEYS
        assert post["author"] == {
            "id": post["author"]["id"], "username": "alice", "name": "Alice", "avatar_url": None, "role": "member",
        }  # fmt: skip
        assert (post["tags"], post["removed"], post["edited_at"], post["url"]) == (
            ["bread"], None, None, f"/posts/{post['id']}/a-title",
        )  # fmt: skip
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", post["created_at"])
        assert shown(await alice.get(f"{BASE}/posts/{post['id']}")) == post
        anonymous = shown(await client.get(f"{BASE}/posts/{post['id']}"))
        assert anonymous["viewer"] is None
        assert set(post["viewer"]) == {
            "reactions",
            "can",
            "following",
            "muted",
            "read_comment_id",
            "unread_count",
        }

    async def test_a_comment_has_every_key_and_no_other(self, bob, cast):
        post = await open_thread(cast.alice)
        comment = shown(
            await bob.post(f"{BASE}/posts/{post}/comments", json={"body": "*hi*", "key": "k"}), 201
        )
        assert set(comment) == COMMENT_KEYS
        assert (comment["post_id"], comment["parent_id"], comment["depth"], comment["key"], comment["seq"]) == (
            post, None, 0, "k", 1,
        )  # fmt: skip
        assert shown(await bob.get(f"{BASE}/comments/{comment['id']}")) == comment
        assert shown(await bob.get(f"{BASE}/posts/{post}/comments")) == [comment]


class TestEdits:
    async def test_an_edit_keeps_what_was_said(self, alice, client):
        post = shown(await alice.post(f"{BASE}/posts", json={"title": "First", "body": "one"}), 201)
        path = f"{BASE}/posts/{post['id']}"
        edited = shown(await alice.patch(path, json={"body": "two"}))
        assert (edited["title"], edited["body"]) == ("First", "two")
        assert edited["edited_at"] is not None
        shown(await alice.patch(path, json={"title": "Second", "tags": ["new"]}))
        revisions = shown(await client.get(f"{path}/revisions"))
        assert [(one["title"], one["body"]) for one in revisions] == [("First", "one"), ("First", "two")]
        assert set(revisions[0]) == {"id", "editor", "title", "body", "created_at"}

    async def test_an_edit_that_changes_nothing_is_none(self, alice, cast):
        post = await open_thread(cast.alice)
        comment = await write(cast.alice, post, "words")
        for path, same in ((f"/posts/{post}", {}), (f"/comments/{comment}", {"body": " words "})):
            assert shown(await alice.patch(BASE + path, json=same))["edited_at"] is None
            assert shown(await alice.get(f"{BASE}{path}/revisions")) == []
        assert await check_sums(post) == 1

    async def test_a_removed_comment_is_not_edited(self, bob, cast):
        post = await open_thread(cast.alice)
        comment = await write(cast.bob, post, "words")
        await bob.delete(f"{BASE}/comments/{comment}")
        refused(await bob.patch(f"{BASE}/comments/{comment}", json={"body": "other"}), 403, "forbidden")


class TestRemoval:
    async def test_a_removed_comment_keeps_its_place_and_its_answers(self, bob, client, cast):
        post = await open_thread(cast.alice)
        comment = await write(cast.bob, post, "secret words")
        answer = await write(cast.alice, post, "an answer", parent_id=comment)
        assert (await bob.delete(f"{BASE}/comments/{comment}")).status_code == 204
        assert (await bob.delete(f"{BASE}/comments/{comment}")).status_code == 204
        listed = await client.get(f"{BASE}/posts/{post}/comments")
        placeholder, kept = shown(listed)
        assert "secret" not in listed.text
        assert (placeholder["id"], placeholder["body"], placeholder["body_html"], placeholder["author"]) == (
            comment, None, None, None,
        )  # fmt: skip
        assert placeholder["removed"]["by"] == "author"
        assert (kept["id"], kept["parent_id"], kept["body"]) == (answer, comment, "an answer")
        assert shown(await client.get(f"{BASE}/posts/{post}"))["comments_count"] == 1
        for path in (f"/posts/{post}/x", f"/comments/{answer}"):
            assert "secret" not in (await client.get(path, follow_redirects=True)).text

    async def test_an_answer_to_a_removed_comment_is_possible(self, bob, alice, cast):
        post = await open_thread(cast.alice)
        comment = await write(cast.bob, post, "words")
        await bob.delete(f"{BASE}/comments/{comment}")
        late = {"body": "late", "parent_id": comment}
        assert shown(await alice.post(f"{BASE}/posts/{post}/comments", json=late), 201)["depth"] == 1

    async def test_its_author_may_undo_for_a_day(self, bob, client, cast, database):
        post = await open_thread(cast.alice)
        comment = await write(cast.bob, post, "words")
        path = f"{BASE}/comments/{comment}"
        await bob.delete(path)
        assert "restore" in shown(await bob.get(path))["viewer"]["can"]
        for _ in range(2):
            assert (await bob.delete(f"{path}/removal")).status_code == 204
        assert shown(await client.get(path))["body"] == "words"
        await bob.delete(path)
        await database.fetch("UPDATE comments SET removed_at = removed_at - interval '24 hours'")
        refused(await bob.delete(f"{path}/removal"), 403, "forbidden")
        assert "restore" not in shown(await bob.get(path))["viewer"]["can"]
        assert await check_sums(post) == 4

    async def test_nobody_else_undoes_it(self, bob, as_, client, cast):
        post = await open_thread(cast.alice)
        comment = await write(cast.bob, post, "words")
        await bob.delete(f"{BASE}/comments/{comment}")
        for member in (cast.alice, cast.mallory):
            refused(await as_(member).delete(f"{BASE}/comments/{comment}/removal"), 403, "forbidden")
        refused(await client.delete(f"{BASE}/comments/{comment}/removal"), 401, "unauthenticated")

    async def test_what_a_moderator_removed_its_author_does_not_bring_back(self, bob, cast, database):
        post = await open_thread(cast.alice)
        comment = await write(cast.bob, post, "words")
        await database.fetch("UPDATE comments SET removed_at = now(), removed_by = 'moderator'")
        refused(await bob.delete(f"{BASE}/comments/{comment}/removal"), 403, "forbidden")

    async def test_a_post_goes_and_comes_back_the_same_way(self, alice, client, cast, database):
        post = await open_thread(cast.alice)
        path = f"{BASE}/posts/{post}"
        for _ in range(2):
            assert (await alice.delete(path)).status_code == 204
        refused(await client.get(path), 404, "not_found")
        assert shown(await alice.get(path))["removed"]["by"] == "author"
        assert (await alice.delete(f"{path}/removal")).status_code == 204
        assert shown(await client.get(path))["removed"] is None
        await alice.delete(path)
        await database.fetch("UPDATE posts SET removed_at = removed_at - interval '24 hours'")
        refused(await alice.delete(f"{path}/removal"), 403, "forbidden")

    async def test_only_moderators_read_the_revisions_of_a_removed_comment(self, bob, as_, client, cast):
        post = await open_thread(cast.alice)
        comment = await write(cast.bob, post, "secret words")
        path = f"{BASE}/comments/{comment}"
        shown(await bob.patch(path, json={"body": "other words"}))
        assert shown(await client.get(f"{path}/revisions"))[0]["body"] == "secret words"
        await bob.delete(path)
        for someone in (client, as_(cast.mallory), as_(cast.alice)):
            refused(await someone.get(f"{path}/revisions"), 404, "not_found")
        read = shown(await as_(cast.mona).get(f"{path}/revisions"))
        assert "secret words" in [one["body"] for one in read]

    async def test_moderators_read_what_a_removed_comment_said_last(self, bob, as_, cast):
        post = await open_thread(cast.alice)
        comment = await write(cast.bob, post, "secret words")
        await bob.delete(f"{BASE}/comments/{comment}")
        read = shown(await as_(cast.mona).get(f"{BASE}/comments/{comment}/revisions"))
        assert [one["body"] for one in read] == ["secret words"]
        await bob.delete(f"{BASE}/comments/{comment}/removal")
        assert shown(await bob.get(f"{BASE}/comments/{comment}/revisions")) == [], (
            "what stands is no revision"
        )


async def test_a_title_that_is_a_word_of_our_addresses_still_leads_to_the_post(alice):
    for title in ("Edit", "Revisions", "Comments"):
        answer = await alice.post("/api/v1/posts", json={"title": title, "body": "words"})
        page = await alice.get(answer.json()["data"]["url"])
        assert page.status_code == 200
        assert f"{title}</h1>" in page.text
