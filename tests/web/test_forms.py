"""Forms without JavaScript, as a browser posts them: 303 when it is done, every word kept when it is not."""

import html
import re

import pytest

from app.database.engine import DB
from tests.cast import PASSWORD
from tests.writers import check_sums, open_thread, write

NEW = {
    "username": "grace",
    "name": "Grace",
    "email": "grace@example.org",
    "password": "correct horse battery",
}


def done(answer):
    """Where a form that was taken leads."""
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def comments_of(post):
    rows = await DB.fetch("SELECT body FROM comments WHERE post = $1 ORDER BY id", post)
    return [row["body"] for row in rows]


async def test_the_whole_way_from_sign_up_to_sign_out(client):
    done(await client.post("/sign-up", data=NEW))
    place = done(
        await client.post("/posts", data={"title": "A title", "body": "Words", "tags": "Bread, how-to"})
    )
    thread = await client.get(place)
    assert "A title" in thread.text
    post = int(re.findall(r"/posts/(\d+)", place)[0])
    place = done(await client.post(f"/posts/{post}/comments", data={"body": "First"}))
    comment = int(re.findall(r"(?:comment-|comments/)(\d+)", place)[0])
    done(await client.post(f"/posts/{post}/comments", data={"body": "Answer", "parent_id": str(comment)}))
    done(await client.post(f"/comments/{comment}", data={"body": "First, edited"}))
    done(await client.post(f"/posts/{post}", data={"title": "A title, edited", "body": "Words", "tags": ""}))
    assert await comments_of(post) == ["First, edited", "Answer"]
    done(await client.post(f"/comments/{comment}/removal"))
    page = (await client.get(f"/posts/{post}/x", follow_redirects=True)).text
    assert "First, edited" not in page
    assert "Answer" in page
    done(await client.post(f"/comments/{comment}/restoration"))
    assert "First, edited" in (await client.get(f"/posts/{post}/x", follow_redirects=True)).text
    done(await client.post(f"/posts/{post}/removal"))
    done(await client.post(f"/posts/{post}/restoration"))
    done(await client.post("/sign-out"))
    assert (await client.post("/posts", data={"title": "A title", "body": "Words"})).status_code == 422
    assert (await DB.fetch("SELECT count(*) FROM posts"))[0][0] == 1


async def test_words_of_someone_without_an_account_are_kept_and_posted_once_they_are_in(client, cast):
    post = await open_thread(cast.alice)
    above = await write(cast.alice, post, "above")
    place = done(
        await client.post(f"/posts/{post}/comments", data={"body": "kept words", "parent_id": str(above)})
    )
    assert place.startswith("/sign-up")
    assert "kept words" in (await client.get(place)).text
    assert await comments_of(post) == ["above"]
    refused = await client.post("/sign-up", data={**NEW, "password": "short"})
    assert refused.status_code == 422
    assert "kept words" in refused.text
    place = done(await client.post("/sign-up", data=NEW))
    assert await comments_of(post) == ["above", "kept words"]
    assert "kept words" in (await client.get(place, follow_redirects=True)).text
    rows = await DB.fetch(
        "SELECT users.username, comments.parent FROM comments JOIN users ON users.id = author"
    )
    assert ("grace", above) in [tuple(row) for row in rows]
    done(await client.post("/sign-out"))
    done(await client.post("/sign-in", data={"email": cast.bob.email, "password": PASSWORD}))
    assert await comments_of(post) == ["above", "kept words"], "they are posted once"


async def test_words_that_cannot_be_posted_any_more_are_not_lost(client, cast, database):
    post = await open_thread(cast.alice)
    done(await client.post(f"/posts/{post}/comments", data={"body": "kept words"}))
    await database.fetch("UPDATE posts SET locked_at = now()")
    await client.post("/sign-up", data=NEW)
    assert await comments_of(post) == []
    assert (await database.fetch("SELECT body FROM pending_replies"))[0]["body"] == "kept words"


@pytest.mark.parametrize(
    ("path", "data", "words"),
    [
        ("/sign-up", {**NEW, "password": "short"}, ["grace", "Grace", "grace@example.org"]),
        ("/sign-up", {**NEW, "username": "a b <c>"}, ["a b <c>", "Grace"]),
        ("/sign-in", {"email": "nobody@example.org", "password": "not this one"}, ["nobody@example.org"]),
    ],
)
async def test_a_form_that_is_refused_keeps_its_words_but_no_password(client, database, path, data, words):
    answer = await client.post(path, data=data)
    assert answer.status_code in {401, 422}
    text = html.unescape(answer.text)
    for word in words:
        assert word in text
    assert data["password"] not in answer.text
    assert "a b <c>" not in answer.text


@pytest.mark.parametrize("data", [{"title": "ab", "body": "Long words\n<b>"}, {"title": "A <title>", "body": ""},
                                  {"title": "A <title>", "body": "Words", "tags": "one, two words"}])  # fmt: skip
async def test_a_post_that_is_refused_keeps_its_words(as_, cast, data):
    answer = await as_(cast.alice).post("/posts", data=data)
    assert answer.status_code == 422
    text = html.unescape(answer.text)
    assert all(value in text for value in data.values())
    assert "<title>ab" not in answer.text


async def test_3_5_a_key_that_was_used_for_other_words_keeps_these_under_a_fresh_key(as_, cast):
    post = await open_thread(cast.alice)
    bob = as_(cast.bob)
    done(await bob.post(f"/posts/{post}/comments", data={"body": "first", "key": "k1"}))
    done(await bob.post(f"/posts/{post}/comments", data={"body": "first", "key": "k1"}))
    answer = await bob.post(f"/posts/{post}/comments", data={"body": "second", "key": "k1"})
    assert answer.status_code == 422
    assert "second" in answer.text
    keys = re.findall(r'name="key" value="([^"]*)"', answer.text)
    assert keys
    assert "k1" not in keys
    done(await bob.post(f"/posts/{post}/comments", data={"body": "second", "key": keys[0]}))
    assert await comments_of(post) == ["first", "second"]
    assert await check_sums(post) == 2


async def test_a_reply_to_a_thread_that_was_locked_meanwhile_keeps_its_words(as_, cast, database):
    post = await open_thread(cast.alice)
    await database.fetch("UPDATE posts SET locked_at = now()")
    answer = await as_(cast.bob).post(f"/posts/{post}/comments", data={"body": "too late"})
    assert answer.status_code == 422
    assert "too late" in answer.text


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example/", "/\\evil.example/", "javascript:alert(1)",
                  "\\\\evil.example", "/\t/evil.example", "http:evil.example", "///evil.example"],
)  # fmt: skip
async def test_after_sign_in_nobody_is_sent_to_another_site(client, cast, elsewhere):
    data = {"email": cast.alice.email, "password": PASSWORD, "next": elsewhere}
    place = done(await client.post("/sign-in", data=data))
    assert re.match(r"/(?![/\\])", place)
    assert "evil" not in place


async def test_after_sign_in_one_is_where_one_was(client, cast):
    data = {"email": cast.alice.email, "password": PASSWORD, "next": "/posts/new?x=1"}
    assert done(await client.post("/sign-in", data=data)) == "/posts/new?x=1"


async def test_mallory_changes_nothing_of_alices_by_forms(as_, cast):
    post = await open_thread(cast.alice)
    comment = await write(cast.alice, post, "words")
    mallory = as_(cast.mallory)
    for path, data in (
        (f"/posts/{post}", {"title": "Mine now", "body": "Mine"}), (f"/posts/{post}/removal", {}),
        (f"/posts/{post}/restoration", {}), (f"/comments/{comment}", {"body": "Mine"}),
        (f"/comments/{comment}/removal", {}), (f"/comments/{comment}/restoration", {}),
    ):  # fmt: skip
        assert (await mallory.post(path, data=data)).status_code == 403, path
    for path in (f"/posts/{post}/edit", f"/comments/{comment}/edit"):
        assert (await mallory.get(path)).status_code in {403, 404}, path
    assert await check_sums(post) == 1
