"""What moderators do with posts and comments: written down, told live and to the author, and undone."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import msgspec

from app.database.engine import DB
from tests.api import refused, shown
from tests.cast import Cast, Member
from tests.notifications.doing import do_jobs
from tests.notifications.test_replies import told
from tests.writers import check_sums, open_thread, write

Clients = Callable[[Member], httpx.AsyncClient]
BASE = "/api/v1"
LOG = f"{BASE}/moderation/log"


async def said(channel: str) -> list[tuple[str, Any]]:
    """The events of a channel, the oldest first, with what they say now."""
    rows = await DB.fetch("SELECT kind, data FROM events WHERE channel = $1 ORDER BY seq", channel)
    return [(row["kind"], msgspec.json.decode(row["data"]) if row["data"] else None) for row in rows]


async def acts(client: httpx.AsyncClient) -> list[str]:
    return [line["action"] for line in reversed(shown(await client.get(LOG)))]


async def test_a_closed_post_takes_no_replies_of_members_until_it_is_opened(cast: Cast, as_: Clients) -> None:
    post, mona, bob = await open_thread(cast.alice), as_(cast.mona), as_(cast.bob)
    path = f"{BASE}/posts/{post}"
    for _ in range(2):
        assert shown(await mona.put(f"{path}/lock", json={"reason": "Enough."}))["locked"] is True
    refused(await bob.post(f"{path}/comments", json={"body": "late"}), 409, "locked")
    shown(await mona.post(f"{path}/comments", json={"body": "a last word"}), 201)
    assert "reply" not in shown(await bob.get(path))["viewer"]["can"]
    for _ in range(2):
        assert (await mona.delete(f"{path}/lock")).status_code == 204
    shown(await bob.post(f"{path}/comments", json={"body": "in time"}), 201)
    kinds = ["post.locked", "comment.created", "post.unlocked", "comment.created"]
    assert [kind for kind, _ in await said(f"post:{post}")] == kinds
    locked, unlocked = (await said("posts"))[1:]
    assert (locked[0], locked[1]["locked"], unlocked[0], unlocked[1]["locked"]) == (
        "post.locked", True, "post.unlocked", False,
    )  # fmt: skip
    assert await acts(mona) == ["locked", "unlocked"]
    await do_jobs()
    unlocking, locking = [one for one in await told(as_, cast.alice) if one["kind"] == "moderation"]
    assert (locking["excerpt"], unlocking["reason"]) == (
        "Enough.", "A moderator opened your post for replies again.",
    )  # fmt: skip


async def test_of_a_lock_and_a_reply_at_once_the_second_sees_the_first(cast: Cast, as_: Clients) -> None:
    post, mona, bob = await open_thread(cast.alice), as_(cast.mona), as_(cast.bob)
    answers = await asyncio.gather(
        mona.put(f"{BASE}/posts/{post}/lock"),
        *(bob.post(f"{BASE}/posts/{post}/comments", json={"body": str(turn)}) for turn in range(8)),
    )
    assert {answer.status_code for answer in answers[1:]} <= {201, 409}
    kinds = [kind for kind, _ in await said(f"post:{post}")]
    assert kinds[-1] == "post.locked"
    assert kinds.count("comment.created") == [a.status_code for a in answers].count(201)
    await check_sums(post)


async def test_a_pinned_post_stands_first_in_every_order_and_on_every_page_once(
    cast: Cast, as_: Clients
) -> None:
    posts = [await open_thread(cast.alice, f"Thread {number}") for number in range(5)]
    mona = as_(cast.mona)
    for _ in range(2):
        assert shown(await mona.put(f"{BASE}/posts/{posts[0]}/pin"))["pinned"] is True
    newest = [posts[0], *reversed(posts[1:])]
    for sort in ("active", "recent"):
        found = [
            post["id"]
            for page in (1, 2, 3, 4)
            for post in shown(await mona.get(f"{BASE}/posts?sort={sort}&per_page=2&page={page}"))
        ]
        assert found == newest
    shown(await mona.put(f"{BASE}/posts/{posts[1]}/pin"))
    shown(await mona.put(f"{BASE}/posts/{posts[2]}/pin"))
    found = [
        post["id"]
        for page in (1, 2, 3)
        for post in shown(await mona.get(f"{BASE}/posts?sort=recent&per_page=2&page={page}"))
    ]
    assert found == [posts[2], posts[1], posts[0], posts[4], posts[3]]
    assert [post["id"] for post in shown(await mona.get(f"{BASE}/posts?q=Thread"))] == posts[::-1]
    assert (await mona.get("/")).text.count('data-slot="pinned">') == 3
    for _ in range(2):
        assert (await mona.delete(f"{BASE}/posts/{posts[2]}/pin")).status_code == 204
    assert [kind for kind, _ in await said(f"post:{posts[2]}")] == ["post.pinned", "post.unpinned"]
    assert await acts(mona) == ["pinned", "pinned", "pinned", "unpinned"]
    await do_jobs()
    assert await told(as_, cast.alice) == [], "a pin is nothing that an author has to hear of"


async def test_a_removed_post_is_gone_but_for_its_author_and_moderators_who_read_why(
    cast: Cast, as_: Clients, client: httpx.AsyncClient
) -> None:
    post, mona, alice = await open_thread(cast.alice, "Secret thing"), as_(cast.mona), as_(cast.alice)
    path = f"{BASE}/posts/{post}"
    shown(await alice.patch(path, json={"body": "Secret words."}))
    for reason in (" Off topic. ", "Another."):
        removed = shown(await mona.put(f"{path}/removal", json={"reason": reason}))["removed"]
        assert (removed["by"], removed["reason"]) == ("moderator", "Off topic.")
    refused(await client.get(path), 404, "not_found")
    refused(await as_(cast.bob).get(path), 404, "not_found")
    mine = shown(await alice.get(path))
    assert (mine["removed"]["reason"], mine["viewer"]["can"]) == ("Off topic.", [])
    assert "Off topic." in (await alice.get(mine["url"])).text
    refused(await alice.delete(f"{path}/removal"), 403, "forbidden")
    for channel in ("posts", f"post:{post}"):
        events = await said(channel)
        assert "Secret" not in repr(events)
        assert events[-1][0] == "post.removed"
        assert events[-1][1]["removed"]["reason"] is None, "who cannot read it is not told why either"
    await do_jobs()
    (notice,) = await told(as_, cast.alice)
    assert (notice["kind"], notice["excerpt"], notice["actors"]) == ("moderation", "Off topic.", [])


async def test_any_moderator_brings_a_post_back_whole_and_only_what_moderators_removed(
    cast: Cast, as_: Clients, client: httpx.AsyncClient
) -> None:
    post, mona, ada, alice = await open_thread(cast.alice), as_(cast.mona), as_(cast.ada), as_(cast.alice)
    path = f"{BASE}/posts/{post}"
    shown(await mona.put(f"{path}/removal"))
    assert "restore" in shown(await ada.get(path))["viewer"]["can"]
    for _ in range(2):
        assert (await ada.delete(f"{path}/removal")).status_code == 204
    assert shown(await client.get(path))["removed"] is None
    kind, restored = (await said(f"post:{post}"))[-1]
    assert (kind, restored["body"], restored["removed"]) == ("post.restored", "Say something.", None)
    assert await acts(mona) == ["removed", "restored"]
    assert (await alice.delete(path)).status_code == 204
    refused(await mona.delete(f"{path}/removal"), 403, "forbidden")
    refused(await mona.put(f"{path}/removal"), 409, "conflict")
    assert await acts(mona) == ["removed", "restored"]


async def test_a_removed_comment_keeps_its_place_with_the_reason_and_comes_back(
    cast: Cast, as_: Clients, client: httpx.AsyncClient
) -> None:
    post, mona, bob = await open_thread(cast.alice), as_(cast.mona), as_(cast.bob)
    comment = await write(cast.bob, post, "secret words")
    path = f"{BASE}/comments/{comment}"
    for reason in ("Rude.", "Another."):
        gone = shown(await mona.put(f"{path}/removal", json={"reason": reason}))
        assert (gone["body"], gone["author"], gone["removed"]["reason"]) == (None, None, "Rude.")
    assert shown(await client.get(path))["removed"]["by"] == "moderator"
    assert shown(await client.get(f"{BASE}/posts/{post}"))["comments_count"] == 0
    refused(await bob.delete(f"{path}/removal"), 403, "forbidden")
    events = await said(f"post:{post}")
    assert (events[-1][0], "secret" in repr(events)) == ("comment.removed", False)
    assert shown(await mona.get(f"{path}/revisions"))[-1]["body"] == "secret words"
    await do_jobs()
    assert [one["excerpt"] for one in await told(as_, cast.bob)] == ["Rude."]
    for _ in range(2):
        assert (await mona.delete(f"{path}/removal")).status_code == 204
    assert shown(await client.get(path))["body"] == "secret words"
    assert (await said(f"post:{post}"))[-1][1]["body"] == "secret words"
    assert shown(await bob.get(f"{path}/revisions")) == []
    await do_jobs()
    assert [one["reason"] for one in await told(as_, cast.bob)] == [
        "A moderator brought back what you wrote.", "A moderator removed what you wrote.",
    ]  # fmt: skip
    assert await acts(mona) == ["removed", "restored"]
    await check_sums(post)


async def test_the_short_way_removes_another_s_as_a_moderator_and_one_s_own_as_its_author(
    cast: Cast, as_: Clients
) -> None:
    theirs, mine = await open_thread(cast.alice), await open_thread(cast.mona)
    comment = await write(cast.bob, mine, "words")
    mona = as_(cast.mona)
    for path, by in ((f"posts/{theirs}", "moderator"), (f"comments/{comment}", "moderator")):
        assert "remove" in shown(await mona.get(f"{BASE}/{path}"))["viewer"]["can"]
        assert (await mona.delete(f"{BASE}/{path}")).status_code == 204
        assert shown(await mona.get(f"{BASE}/{path}"))["removed"]["by"] == by
    assert (await mona.delete(f"{BASE}/posts/{mine}")).status_code == 204
    assert shown(await mona.get(f"{BASE}/posts/{mine}"))["removed"]["by"] == "author"
    assert await acts(mona) == ["removed", "removed"]


async def test_nobody_is_told_of_what_they_did_themselves(cast: Cast, as_: Clients) -> None:
    post, mona = await open_thread(cast.mona), as_(cast.mona)
    shown(await mona.put(f"{BASE}/posts/{post}/lock"))
    shown(await mona.put(f"{BASE}/posts/{post}/removal", json={}))
    await do_jobs()
    assert await told(as_, cast.mona) == []
    assert await acts(mona) == ["locked", "removed"]


async def test_what_belongs_to_nobody_any_more_stays_away(cast: Cast, as_: Clients) -> None:
    post, mona = await open_thread(cast.alice), as_(cast.mona)
    comment = await write(cast.bob, post, "words")
    for path in (f"posts/{post}", f"comments/{comment}"):
        shown(await mona.put(f"{BASE}/{path}/removal"))
    await DB.fetch("UPDATE posts SET author = NULL")
    await DB.fetch("UPDATE comments SET author = NULL")
    for path in (f"posts/{post}", f"comments/{comment}"):
        refused(await mona.delete(f"{BASE}/{path}/removal"), 403, "forbidden")


async def test_a_reason_that_is_too_long_or_a_field_that_is_none_is_refused(cast: Cast, as_: Clients) -> None:
    post, mona = await open_thread(cast.alice), as_(cast.mona)
    path = f"{BASE}/posts/{post}/removal"
    refused(await mona.put(path, json={"reason": "a" * 1001}), 422, "too_long")
    refused(await mona.put(path, json={"why": "a"}), 400, "unknown_field")
    refused(await mona.put(path, content="[]", headers={"content-type": "application/json"}), 400, "bad_json")
    assert await acts(mona) == []


async def test_without_the_line_in_the_log_nothing_is_done(cast: Cast, as_: Clients) -> None:
    post, mona = await open_thread(cast.alice), as_(cast.mona)
    await DB.fetch("ALTER TABLE moderation_actions ADD CONSTRAINT refused CHECK (subject_id = 0)")
    try:
        assert (await mona.put(f"{BASE}/posts/{post}/removal")).status_code == 500
    finally:
        await DB.fetch("ALTER TABLE moderation_actions DROP CONSTRAINT refused")
    assert shown(await mona.get(f"{BASE}/posts/{post}"))["removed"] is None
    assert [kind for kind, _ in await said("posts")] == ["post.created"]
