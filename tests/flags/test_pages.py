"""Reporting and deciding without JavaScript: forms, and what they say."""

import pytest

from app.database.engine import DB
from tests.api import BASE, shown
from tests.cast import Cast, enter
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
    await as_(cast.alice).delete(f"{BASE}/comments/{comment}")
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
    await as_(cast.alice).delete(f"{BASE}/posts/{post}")
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


async def test_moderators_see_each_thing_once_with_all_that_was_said_of_it(cast: Cast, as_, client) -> None:
    post = await open_thread(cast.alice)
    comment = await write(cast.mallory, post, "Buy **this**.")
    await report(as_(cast.bob), f"user:{cast.mallory.id}", "abuse", note="Rude <b>to all</b>.")
    for member in (cast.bob, cast.alice):
        await report(as_(member), f"comment:{comment}", note=f"Seen by {member.name}.")
    page = (await as_(cast.mona).get("/moderation")).text
    first, second = page.split('<li class="case"')[1:]
    assert f'data-case="comment:{comment}"' in first, "what most people report"
    assert f'data-case="user:{cast.mallory.id}"' in second
    for words in (
        "2 reports",
        "<strong>this</strong>",
        "Seen by Bob.",
        "Seen by Alice.",
        "A thread to write in",
    ):
        assert words in first
    assert "Rude &lt;b&gt;to all&lt;/b&gt;." in second
    assert f"""data-counted='["comment:{comment}", "user:{cast.mallory.id}"]'""" in page
    assert '<span data-slot="count">2</span>' in page
    for outsider in (as_(cast.bob), client):
        answer = await outsider.get("/moderation")
        assert answer.status_code in {303, 403}
        assert "Buy" not in answer.text
    assert "report-count" not in (await as_(cast.bob).get("/")).text


async def test_a_form_decides_for_all_that_was_said(cast: Cast, as_) -> None:
    post = await open_thread(cast.alice)
    first = await report(as_(cast.bob), f"post:{post}")
    await report(as_(cast.mallory), f"post:{post}")
    answer = await as_(cast.mona).post(f"/flags/{first['id']}", data={"status": "dismissed"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/moderation")
    assert "Nothing waits for you." in (await as_(cast.mona).get("/moderation")).text
    assert {flag["status"] for flag in await listed(as_(cast.mona))} == {"dismissed"}
    late = await as_(cast.ada).post(f"/flags/{first['id']}", data={"status": "upheld"})
    assert late.status_code == 422
    assert "Somebody has decided on this already: it was dismissed." in late.text
    none = await as_(cast.ada).post(f"/flags/{first['id']}", data={"status": "open"})
    assert none.status_code == 422
    assert (await as_(cast.bob).post(f"/flags/{first['id']}", data={"status": "upheld"})).status_code == 403


async def test_what_is_removed_is_said_to_be_so_and_still_waits(cast: Cast, as_) -> None:
    post = await open_thread(cast.alice)
    await report(as_(cast.bob), f"post:{post}")
    await as_(cast.alice).delete(f"{BASE}/posts/{post}")
    page = (await as_(cast.mona).get("/moderation")).text
    assert "Removed by its author" in page
    assert "Say something." in page, "moderators read on"


async def test_the_queue_costs_the_same_for_many_and_shows_a_few_of_many_reports(cast: Cast, as_) -> None:
    post = await open_thread(cast.alice)
    await report(as_(cast.bob), f"post:{post}")
    few = await cost("/moderation", cast.mona)
    for number in range(7):
        await report(as_(await enter(f"reader_{number}")), f"post:{post}", note=f"Note {number}.")
        await report(as_(cast.bob), f"post:{await open_thread(cast.alice)}")
    assert (few, await cost("/moderation", cast.mona)) == (4, 4)
    page = (await as_(cast.mona).get("/moderation")).text
    assert "8 reports" in page
    assert "And 3 others." in page
    assert page.count("Note ") == 4
    assert page.count('class="case"') == 8


async def test_the_queue_has_pages(cast: Cast, as_) -> None:
    for number in range(21):
        await DB.fetch(
            "INSERT INTO flags (member, reason) VALUES ($1, 'spam')", (await enter(f"m_{number}")).id
        )
    first, second, third = [
        (await as_(cast.mona).get(f"/moderation?page={number}")).text for number in (1, 2, 3)
    ]
    assert (first.count('class="case"'), second.count('class="case"')) == (20, 1)
    assert "The list ends before this page." in third


async def test_a_form_removes_what_was_reported_and_upholds_it(cast: Cast, as_) -> None:
    post = await open_thread(cast.alice)
    comment = await write(cast.mallory, post, "Buy this.")
    for subject, reason in ((f"comment:{comment}", "Spam."), (f"post:{post}", "")):
        flag = await report(as_(cast.bob), subject)
        answer = await as_(cast.mona).post(
            f"/flags/{flag['id']}", data={"status": "removed", "reason": reason}
        )
        assert answer.status_code == 303, answer.text
    removed = shown(await as_(cast.mona).get(f"{BASE}/comments/{comment}"))["removed"]
    assert (removed["by"], removed["reason"]) == ("moderator", "Spam.")
    assert shown(await as_(cast.mona).get(f"{BASE}/posts/{post}"))["removed"]["by"] == "moderator"
    assert {flag["status"] for flag in await listed(as_(cast.mona))} == {"upheld"}
    acts = [line["action"] for line in shown(await as_(cast.mona).get(f"{BASE}/moderation/log"))]
    assert acts == ["removed", "flag_upheld"] * 2


async def test_what_another_dismissed_meanwhile_is_not_removed(cast: Cast, as_) -> None:
    post = await open_thread(cast.alice)
    flag = await report(as_(cast.bob), f"post:{post}")
    await as_(cast.ada).patch(f"{BASE}/flags/{flag['id']}", json={"status": "dismissed"})
    late = await as_(cast.mona).post(f"/flags/{flag['id']}", data={"status": "removed", "reason": "Spam."})
    assert late.status_code == 422
    assert "it was dismissed" in late.text
    assert shown(await as_(cast.mona).get(f"{BASE}/posts/{post}"))["removed"] is None


async def test_a_removal_that_cannot_be_comes_back_with_every_word(cast: Cast, as_) -> None:
    flag = await report(as_(cast.bob), f"post:{await open_thread(cast.alice)}")
    answer = await as_(cast.mona).post(
        f"/flags/{flag['id']}", data={"status": "removed", "reason": "y" * 1001}
    )
    assert answer.status_code == 422
    assert f'value="{"y" * 1001}"' in answer.text
    assert '<details class="case-removal" open>' in answer.text
    assert [one["status"] for one in await listed(as_(cast.mona))] == ["open"]
    member = await report(as_(cast.bob), f"user:{cast.mallory.id}")
    answer = await as_(cast.mona).post(f"/flags/{member['id']}", data={"status": "removed"})
    assert "Members are not removed" in answer.text
    outsider = await as_(cast.bob).post(f"/flags/{flag['id']}", data={"status": "removed"})
    assert outsider.status_code == 403
