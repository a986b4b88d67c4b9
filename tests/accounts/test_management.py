"""The page where moderators and admins decide about a member, and what that member sees of it."""

from collections.abc import Callable

import httpx

from app.database.engine import DB
from tests.cast import Cast, Member
from tests.inside import cost
from tests.writers import open_thread

Clients = Callable[[Member], httpx.AsyncClient]


def page_of(member: Member) -> str:
    return f"/users/{member.id}/management"


async def test_the_way_there_is_on_the_members_page_for_those_who_may(cast: Cast, as_: Clients) -> None:
    for member in (cast.mona, cast.ada):
        assert page_of(cast.bob) in (await as_(member).get("/@bob")).text
    for member in (cast.bob, cast.mallory):
        assert page_of(cast.bob) not in (await as_(member).get("/@bob")).text


async def test_it_costs_three_statements(cast: Cast) -> None:
    assert await cost(page_of(cast.bob), cast.ada) == 3


async def test_a_moderator_suspends_and_lifts(cast: Cast, as_: Clients) -> None:
    mona, path = as_(cast.mona), f"/users/{cast.mallory.id}/suspension"
    answer = await mona.post(path, data={"until": "", "reason": "Rude."})
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        f"{page_of(cast.mallory)}?saved=suspension",
    )
    page = (await mona.get(answer.headers["location"])).text
    assert "Suspended until it is lifted" in page
    assert "@mona" in page
    assert "Rude." in page
    assert (await mona.post(f"{path}/removal")).status_code == 303
    assert "Suspended until" not in (await mona.get(page_of(cast.mallory))).text


async def test_what_cannot_be_taken_comes_back_with_every_word(cast: Cast, as_: Clients) -> None:
    mona, ada = as_(cast.mona), as_(cast.ada)
    path = f"/users/{cast.mallory.id}/suspension"
    answer = await mona.post(path, data={"until": "2020-01-01T00:00:00Z", "reason": "Rude & loud."})
    assert answer.status_code == 422
    assert "Rude &amp; loud." in answer.text
    assert "still to come" in answer.text
    answer = await ada.post(f"/users/{cast.ada.id}/role", data={"role": "member"})
    assert answer.status_code == 422
    assert "only admin" in answer.text
    answer = await ada.post(f"/users/{cast.bob.id}/admin-notes", data={"text": "a" * 10_001})
    assert answer.status_code == 422
    assert "a" * 10_001 in answer.text


async def test_an_admin_changes_role_and_notes_and_others_see_no_notes(cast: Cast, as_: Clients) -> None:
    ada = as_(cast.ada)
    assert (await ada.post(f"/users/{cast.bob.id}/role", data={"role": "moderator"})).status_code == 303
    notes = {"text": "Writes well at night."}
    assert (await ada.post(f"/users/{cast.bob.id}/admin-notes", data=notes)).status_code == 303
    for page in ("/@bob", page_of(cast.bob)):
        assert notes["text"] in (await ada.get(page)).text
        for member in (cast.mona, cast.bob, cast.alice):
            assert notes["text"] not in (await as_(member).get(page)).text
    [row] = await DB.fetch("SELECT role, admin_notes FROM users WHERE id = $1", cast.bob.id)
    assert tuple(row) == ("moderator", notes["text"])


async def test_moderators_find_no_form_for_what_is_not_theirs(cast: Cast, as_: Clients) -> None:
    page = (await as_(cast.mona).get(page_of(cast.bob))).text
    assert f"/users/{cast.bob.id}/suspension" in page
    for what in ("role", "admin-notes", "deletion"):
        assert f"/users/{cast.bob.id}/{what}" not in page
    assert f"/users/{cast.ada.id}/suspension" not in (await as_(cast.mona).get(page_of(cast.ada))).text


async def test_who_is_suspended_reads_until_when_and_why_on_every_page(cast: Cast, as_: Clients) -> None:
    post = await open_thread(cast.alice)
    mona, mallory = as_(cast.mona), as_(cast.mallory)
    until = "2125-03-04T05:06:00Z"
    await mona.post(
        f"/users/{cast.mallory.id}/suspension", data={"until": until, "reason": "Rude <b>words</b>."}
    )
    for path in ("/", f"/posts/{post}/a-thread-to-write-in", "/settings", "/@alice", "/no-such-page"):
        page = (await mallory.get(path)).text
        assert "suspended until 4 March 2125, 05:06 UTC: Rude &lt;b&gt;words&lt;/b&gt;." in page
        assert 'href="/posts/new"' not in page
    assert (
        f'action="/posts/{post}/comments"'
        not in (await mallory.get(f"/posts/{post}/a-thread-to-write-in")).text
    )
    assert "suspended until" not in (await as_(cast.alice).get("/")).text


async def test_a_form_that_was_open_comes_back_with_every_word(cast: Cast, as_: Clients) -> None:
    post, mallory = await open_thread(cast.alice), as_(cast.mallory)
    await as_(cast.mona).post(f"/users/{cast.mallory.id}/suspension", data={"until": "", "reason": "Rude."})
    answer = await mallory.post(f"/posts/{post}/comments", data={"body": "Long & careful words"})
    assert answer.status_code == 403
    assert "Long &amp; careful words" in answer.text
    assert "suspended" in answer.text
    assert not await DB.fetch("SELECT FROM comments")
