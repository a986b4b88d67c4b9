"""Moderators at work without JavaScript: forms beside posts and comments, and a page that asks why."""

from collections.abc import Callable

import httpx

from tests.api import shown
from tests.cast import Cast, Member
from tests.inside import cost
from tests.writers import open_thread, write

Clients = Callable[[Member], httpx.AsyncClient]


async def sent(client: httpx.AsyncClient, path: str, **fields: str) -> str:
    answer = await client.post(path, data=fields)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def test_forms_beside_a_post_close_and_pin_it_and_undo_both(cast: Cast, as_: Clients) -> None:
    post, mona, bob = await open_thread(cast.alice), as_(cast.mona), as_(cast.bob)
    home = f"/posts/{post}/a-thread-to-write-in"
    assert "/lock" not in (await bob.get(home)).text
    for state in ("lock", "pin"):
        assert f'action="/posts/{post}/{state}"' in (await mona.get(home)).text
        assert await sent(mona, f"/posts/{post}/{state}") == home
        assert f'action="/posts/{post}/{state}/removal"' in (await mona.get(home)).text
    page = (await bob.get(home)).text
    assert 'data-slot="locked">' in page
    assert 'data-slot="closed">' in page
    assert "novalidate hidden>" in page
    for state in ("lock", "pin"):
        await sent(mona, f"/posts/{post}/{state}/removal")
    page = (await bob.get(home)).text
    assert 'data-slot="locked" hidden>' in page
    assert 'data-slot="closed" hidden>' in page
    assert "novalidate hidden>" not in page


async def test_removing_asks_why_and_the_author_reads_it(cast: Cast, as_: Clients) -> None:
    post, mona, alice = await open_thread(cast.alice), as_(cast.mona), as_(cast.alice)
    home, path = f"/posts/{post}/a-thread-to-write-in", f"/posts/{post}/removal"
    assert f'href="{path}"' in (await mona.get(home)).text
    assert f'href="{path}"' not in (await alice.get(home)).text
    page = (await mona.get(path)).text
    assert "Say something." in page
    assert 'name="reason"' in page
    assert 'name="reason"' not in (await alice.get(path)).text
    assert await sent(mona, path, reason="Off & on.") == home
    for client in (mona, alice):
        page = (await client.get(home)).text
        assert "A moderator removed this post" in page
        assert "Off &amp; on." in page
    assert "Bring it back" not in page, "its author does not bring it back"
    assert await sent(mona, f"/posts/{post}/restoration") == home
    assert "A moderator removed" not in (await alice.get(home)).text


async def test_a_comment_is_removed_with_a_reason_in_its_place(cast: Cast, as_: Clients) -> None:
    post, mona, bob = await open_thread(cast.alice), as_(cast.mona), as_(cast.bob)
    comment = await write(cast.bob, post, "secret words")
    home, path = f"/posts/{post}/a-thread-to-write-in", f"/comments/{comment}/removal"
    assert f'href="{path}"' in (await mona.get(home)).text
    assert f'href="{path}"' not in (await bob.get(home)).text
    assert "secret words" in (await mona.get(path)).text
    assert await sent(mona, path, reason="Rude.") == f"{home}#comment-{comment}"
    page = (await bob.get(home)).text
    assert "Removed by a moderator. They said: “Rude.”" in page
    assert "secret words" not in page
    await sent(mona, f"/comments/{comment}/restoration")
    assert "secret words" in (await bob.get(home)).text


async def test_a_reason_that_is_too_long_comes_back_with_every_word(cast: Cast, as_: Clients) -> None:
    post, mona = await open_thread(cast.alice), as_(cast.mona)
    comment = await write(cast.bob, post, "words")
    for path in (f"/posts/{post}/removal", f"/comments/{comment}/removal"):
        answer = await mona.post(path, data={"reason": "a" * 1001})
        assert answer.status_code == 422
        assert "a" * 1001 in answer.text
        assert "Use at most 1000 characters" in answer.text
    assert shown(await mona.get(f"/api/v1/posts/{post}"))["removed"] is None


async def test_the_page_that_asks_why_takes_two_statements(cast: Cast) -> None:
    post = await open_thread(cast.alice)
    comment = await write(cast.bob, post, "words")
    costs = [
        await cost(path, cast.mona) for path in (f"/posts/{post}/removal", f"/comments/{comment}/removal")
    ]
    assert costs == [2, 2]


async def test_what_is_new_to_a_moderator_is_what_others_wrote(cast: Cast, as_: Clients) -> None:
    post, mona = await open_thread(cast.alice), as_(cast.mona)
    first = await write(cast.alice, post, "words")
    shown(await mona.put(f"/api/v1/posts/{post}/read", json={"comment_id": first}))
    await write(cast.mona, post, "a moderator's own")
    theirs = await write(cast.bob, post, "somebody else's")
    page = (await mona.get(f"/posts/{post}/a-thread-to-write-in")).text
    assert f'href="#comment-{theirs}">Go to the first' in page
