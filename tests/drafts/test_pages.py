"""Drafts where no script runs: a button keeps them, the forms go on with them, a page lists them."""

import pytest

from app.database.engine import DB
from tests.api import BASE, shown
from tests.writers import open_thread, write

DRAFTS = f"{BASE}/drafts"


async def test_each_form_goes_on_with_what_its_button_kept(alice, cast):
    post = await open_thread(cast.alice)
    comment = await write(cast.alice, post, "words")
    places = {
        "new": "/posts/new",
        f"reply:post:{post}": f"/posts/{post}/a-thread-to-write-in",
        f"reply:comment:{comment}": f"/comments/{comment}/reply",
        f"edit:post:{post}": f"/posts/{post}/edit",
        f"edit:comment:{comment}": f"/comments/{comment}/edit",
    }
    for subject, place in places.items():
        page = (await alice.get(place)).text
        assert f'formaction="/drafts/{subject}"' in page
        assert 'name="version" value="0"' in page
        fields = {"title": "A <title>", "body": f"half of {subject}", "tags": "tea, to", "version": "0"}
        kept = await alice.post(f"/drafts/{subject}", data=fields)
        assert kept.status_code == 303
        back = await alice.get(kept.headers["location"].replace(f"/posts/{post}#write", place))
        assert f"half of {subject}</textarea>" in back.text
        assert 'name="version" value="1"' in back.text
        assert "Draft saved <time" in back.text
        assert ('value="A &lt;title&gt;"' in back.text) == (subject in {"new", f"edit:post:{post}"})
        again = await alice.post(f"/drafts/{subject}", data={**fields, "body": "more", "version": "1"})
        assert again.status_code == 303
    assert shown(await alice.get(f"{DRAFTS}/new"))["tags"] == ["tea", "to"]


async def test_where_a_draft_is_written_on_has_an_address(alice, client):
    answer = await alice.get("/drafts/edit:post:7")
    assert (answer.status_code, answer.headers["location"]) == (303, "/posts/7/edit")
    assert (await alice.get("/drafts/what")).status_code == 404
    away = await client.get("/drafts/new")
    assert (away.status_code, away.headers["location"]) == (303, "/sign-in?next=/drafts/new")


async def test_nobody_elses_draft_is_in_a_form(alice, bob, client, cast):
    post = await open_thread(cast.bob)
    await alice.post(f"/drafts/reply:post:{post}", data={"body": "my secret", "version": "0"})
    place = f"/posts/{post}/a-thread-to-write-in"
    for reader, sees in ((alice, True), (bob, False), (client, False)):
        assert ("my secret" in (await reader.get(place)).text) == sees


async def test_a_draft_in_a_closed_thread_is_shown_and_so_is_that_it_is_closed(alice, bob, cast):
    post = await open_thread(cast.mona)
    place = f"/posts/{post}/a-thread-to-write-in"
    await alice.post(f"/drafts/reply:post:{post}", data={"body": "too late?", "version": "0"})
    await DB.fetch("UPDATE posts SET locked_at = now()")
    for reader, begun in ((alice, True), (bob, False)):
        page = (await reader.get(place)).text
        assert "This thread is closed." in page
        assert ("too late?</textarea>" in page) == begun


async def test_words_of_two_devices_stand_side_by_side(alice):
    fields = {"title": "Mine", "body": "my words", "tags": "", "version": "0"}
    newer = {"title": "Theirs", "body": "their words", "tags": ["tea"]}
    shown(await alice.put(f"{DRAFTS}/new", json=newer))
    page = await alice.post("/drafts/new", data=fields)
    assert page.status_code == 422
    assert 'value="Mine"' in page.text
    assert "my words</textarea>" in page.text
    assert '<div class="draft-text">their words</div>' in page.text
    assert 'value="their words\n\nmy words"' in page.text
    assert page.text.count('name="version" value="1"') == 2
    assert shown(await alice.get(f"{DRAFTS}/new"))["body"] == "their words"
    assert (await alice.post("/drafts/new", data={**fields, "version": "1"})).status_code == 303
    assert shown(await alice.get(f"{DRAFTS}/new"))["body"] == "my words"


async def test_words_about_something_that_was_sent_meanwhile_are_not_lost(alice, cast):
    post = await open_thread(cast.bob)
    subject = f"reply:post:{post}"
    shown(await alice.put(f"{DRAFTS}/{subject}", json={"body": "a thought"}))
    shown(await alice.post(f"{BASE}/posts/{post}/comments", json={"body": "a thought"}), 201)
    page = await alice.post(f"/drafts/{subject}", data={"body": "a thought and more", "version": "1"})
    assert page.status_code == 422
    assert "a thought and more</textarea>" in page.text
    assert "It was sent or dropped on another device." in page.text


@pytest.mark.parametrize(
    ("subject", "fields", "says"),
    [
        ("new", {"body": "x" * 10_001}, "Use at most 10000 characters."),
        ("new", {"title": "t" * 121, "body": "words"}, "Use at most 120 characters."),
        ("edit:post:999", {"body": "words"}, "There is nothing here"),
    ],
)
async def test_what_cannot_be_kept_comes_back_with_every_word(alice, subject, fields, says):
    page = await alice.post(f"/drafts/{subject}", data={**fields, "version": "0"})
    assert page.status_code == 422
    assert says in page.text
    assert f"{fields['body']}</textarea>" in page.text


async def test_words_of_who_was_signed_out_come_back_too(client):
    page = await client.post("/drafts/new", data={"title": "A title", "body": "my words", "version": "0"})
    assert page.status_code == 422
    assert "my words</textarea>" in page.text
    assert "Sign in first." in page.text


async def test_a_form_that_is_refused_keeps_the_version(alice):
    fields = {"title": "A", "body": "words", "tags": "", "version": "3"}
    assert 'name="version" value="3"' in (await alice.post("/posts", data=fields)).text


async def test_the_list_says_what_each_is_for(alice, cast):
    post = await open_thread(cast.alice, "A <b>thread")
    comment = await write(cast.bob, post, "words")
    mine = await write(cast.alice, post, "words")
    removed = await write(cast.bob, post, "words")
    subjects = {
        "new": "A new post",
        f"reply:post:{post}": "A reply in <b>A &lt;b&gt;thread</b>",
        f"reply:comment:{comment}": "A reply to Bob in <b>A &lt;b&gt;thread</b>",
        f"reply:comment:{removed}": "A reply to a removed comment in <b>",
        f"edit:post:{post}": "A change of your post <b>",
        f"edit:comment:{mine}": "A change of your reply in <b>",
    }
    for subject in subjects:
        shown(await alice.put(f"{DRAFTS}/{subject}", json={"body": f"<i>half</i> of {subject}"}))
    await DB.fetch("UPDATE comments SET removed_at = now(), removed_by = 'author' WHERE id = $1", removed)
    page = (await alice.get("/drafts")).text
    for subject, words in subjects.items():
        item = page.partition(f'data-subject="{subject}"')[2].partition("</li>")[0]
        assert words in item
        assert f"&lt;i&gt;half&lt;/i&gt; of {subject}" in item


async def test_one_that_is_dropped_can_be_taken_back(alice):
    shown(await alice.put(f"{DRAFTS}/new", json={"title": "A title", "body": "words"}))
    answer = await alice.post("/drafts/new/removal")
    assert (answer.status_code, answer.headers["location"]) == (303, "/drafts?dropped=new")
    page = (await alice.get("/drafts?dropped=new")).text
    assert "Nothing waits to be finished." in page
    assert 'action="/drafts/new/restoration"' in page
    assert (await alice.post("/drafts/new/restoration")).status_code == 303
    back = shown(await alice.get(f"{DRAFTS}/new"))
    assert (back["title"], back["body"], back["version"]) == ("A title", "words", 3)


async def test_one_that_was_sent_does_not_come_back(alice):
    shown(await alice.put(f"{DRAFTS}/new", json={"title": "A title", "body": "words"}))
    shown(await alice.post(f"{BASE}/posts", json={"title": "A title", "body": "words"}), 201)
    await alice.post("/drafts/new/restoration")
    assert (await alice.get(f"{DRAFTS}/new")).status_code == 404


async def test_the_list_ends(alice):
    assert "The list ends" not in (await alice.get("/drafts?page=2")).text
    shown(await alice.put(f"{DRAFTS}/new", json={"body": "words"}))
    assert "The list ends before this page." in (await alice.get("/drafts?page=2")).text


async def test_a_strange_query_offers_nothing_to_undo(alice):
    assert "restoration" not in (await alice.get("/drafts?dropped=//evil.example")).text


async def test_the_list_is_ones_own(client):
    answer = await client.get("/drafts")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/drafts")
