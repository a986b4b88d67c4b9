"""Reporting and deciding without JavaScript: forms, and what they say."""

import pytest

from app.comments.removing import remove_comment
from app.database.engine import DB
from app.posts.removing import remove_post
from tests.api import BASE, shown
from tests.cast import Cast
from tests.flags.reporting import listed, report
from tests.inside import cost
from tests.writers import open_thread, write


async def test_what_others_wrote_can_be_reported_from_where_it_stands(cast: Cast, as_, client) -> None:
    post = await open_thread(cast.alice)
    comment, own = await write(cast.alice, post, "Buy this."), await write(cast.bob, post, "Mine.")
    thread, bob = f"/posts/{post}/a-thread-to-write-in", as_(cast.bob)
    page = (await bob.get(thread)).text
    links = [f'href="/flags/new?subject={subject}"' for subject in (f"post:{post}", f"comment:{comment}")]
    assert all(f"{link}>Report" in page for link in links)
    assert f'href="/flags/new?subject=comment:{own}" hidden>Report' in page
    assert f'href="/flags/new?subject=user:{cast.alice.id}">Report' in (await bob.get("/@alice")).text
    assert "Report" not in (await client.get(thread)).text
    assert "Report" not in (await as_(cast.alice).get("/@alice")).text
    verbs = shown(await bob.get(f"{BASE}/comments/{comment}"))["viewer"]["can"]
    assert "flag" in verbs
    assert "flag" not in shown(await bob.get(f"{BASE}/comments/{own}"))["viewer"]["can"]


@pytest.mark.parametrize("noun", ["post", "comment", "user"])
async def test_a_form_reports_and_says_so(cast: Cast, as_, noun: str) -> None:
    post = await open_thread(cast.alice)
    number = {"post": post, "comment": await write(cast.alice, post, "Buy this."), "user": cast.alice.id}[
        noun
    ]
    bob, path = as_(cast.bob), f"/flags/new?subject={noun}:{number}"
    form = (await bob.get(path)).text
    words = {"post": "Say something.", "comment": "Buy this.", "user": "Report Alice"}[noun]
    assert words in form
    fields = {"subject": f"{noun}:{number}", "reason": "abuse", "note": "Rude."}
    answer = await bob.post("/flags", data=fields)
    assert (answer.status_code, answer.headers["location"]) == (303, path)
    said = (await bob.get(path)).text
    assert "You reported" in said
    assert '<form class="form" method="post" action="/flags"' not in said
    (made,) = await listed(as_(cast.mona))
    assert (made["reason"], made["note"], made["reporter"]["username"]) == ("abuse", "Rude.", "bob")
    assert (await bob.post("/flags", data=fields)).status_code == 303
    assert len(await listed(as_(cast.mona))) == 1


async def test_a_form_without_a_reason_comes_back_with_every_word(cast: Cast, as_) -> None:
    subject = f"post:{await open_thread(cast.alice)}"
    answer = await as_(cast.bob).post("/flags", data={"subject": subject, "note": "It is <rude>."})
    assert answer.status_code == 422
    assert "Choose what comes nearest." in answer.text
    assert "It is &lt;rude&gt;." in answer.text
    assert f'name="subject" value="{subject}"' in answer.text
    long = await as_(cast.bob).post("/flags", data={"subject": subject, "reason": "spam", "note": "x" * 1001})
    assert long.status_code == 422
    assert 'value="spam" checked' in long.text
    assert "x" * 1001 in long.text


async def test_who_is_signed_out_meanwhile_keeps_their_words(cast: Cast, client) -> None:
    subject = f"post:{await open_thread(cast.alice)}"
    answer = await client.post("/flags", data={"subject": subject, "reason": "spam", "note": "My words."})
    assert answer.status_code == 422
    assert "Sign in first." in answer.text
    assert "My words." in answer.text


async def test_no_form_shows_what_one_may_not_see(cast: Cast, as_, client) -> None:
    post = await open_thread(cast.alice)
    comment = await write(cast.alice, post, "Secret words.")
    await remove_comment(cast.alice.viewer, comment)
    mine = f"comment:{await write(cast.bob, post, 'Mine.')}"
    bob = as_(cast.bob)
    for subject, status in (
        (f"comment:{comment}", 409),
        (mine, 409),
        ("post:999999", 404),
        ("post:x", 404),
        ("", 404),
    ):
        for answer in (
            await bob.get("/flags/new", params={"subject": subject}),
            await bob.post("/flags", data={"subject": subject, "note": "x"}),
        ):
            assert answer.status_code == status, subject
            assert "Secret words." not in answer.text
    await remove_post(cast.alice.viewer, post)
    for member in (bob, client):
        answer = await member.post("/flags", data={"subject": f"post:{post}"})
        assert answer.status_code == 404
        assert "Say something." not in answer.text


async def test_who_is_suspended_keeps_their_words_and_reports_nothing(cast: Cast, as_) -> None:
    subject = f"post:{await open_thread(cast.alice)}"
    await DB.fetch("""INSERT INTO suspensions ("user", reason) VALUES ($1, 'Rude.')""", cast.bob.id)
    fields = {"subject": subject, "reason": "spam", "note": "My words."}
    answer = await as_(cast.bob).post("/flags", data=fields)
    assert answer.status_code == 403
    assert "My words." in answer.text
    assert await listed(as_(cast.mona)) == []


async def test_a_form_takes_as_many_statements_as_it_needs(cast: Cast, as_) -> None:
    post = await open_thread(cast.alice)
    path = f"/flags/new?subject=post:{post}"
    assert await cost(path, cast.bob) == 4
    await report(as_(cast.bob), f"post:{post}")
    assert await cost(path, cast.bob) == 3
