"""Who is told of a comment: once, with the reason, and nobody who should not be."""

from typing import Any

import msgspec
import pytest

from app.comments.removing import remove_comment, restore_comment
from app.database.engine import DB
from app.database.transaction import transaction
from app.notifications.jobs import notify_comment
from app.posts.removing import remove_post
from tests.api import refused, shown
from tests.cast import Cast, Member, enter
from tests.live_client import LiveClient
from tests.notifications.doing import do_jobs
from tests.writers import open_thread, write

PATH = "/api/v1/notifications"


async def told(as_, member: Member, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = shown(await as_(member).get(PATH + query))
    return found


async def test_an_answer_is_told_to_whom_it_answers_and_to_the_author_of_the_post(cast: Cast, as_) -> None:
    post = await open_thread(cast.alice)
    first = await write(cast.bob, post, "Rye.")
    await do_jobs()
    answer = await write(cast.mallory, post, "Rye, **too**.", parent_id=first)
    await do_jobs()
    (of_bob,) = await told(as_, cast.bob)
    assert of_bob == {
        "id": of_bob["id"], "kind": "reply", "actors_count": 1, "excerpt": "Rye, too.", "read_at": None,
        "actors": [msgspec.to_builtins(cast.mallory.viewer.as_author())],
        "subject": {"type": "comment", "id": answer, "title": "A thread to write in", "url": f"/comments/{answer}"},
        "reason": "You wrote the comment that this answers.", "created_at": of_bob["created_at"],
    }  # fmt: skip
    of_alice = await told(as_, cast.alice)
    assert [(one["subject"]["id"], one["reason"]) for one in of_alice] == [
        (answer, "You wrote the post."), (first, "You wrote the post."),
    ]  # fmt: skip


async def test_one_who_wrote_both_post_and_comment_is_told_once(cast: Cast, as_) -> None:
    post = await open_thread(cast.alice)
    first = await write(cast.alice, post, "My own.")
    await write(cast.bob, post, "An answer.", parent_id=first)
    await do_jobs()
    assert [one["reason"] for one in await told(as_, cast.alice)] == [
        "You wrote the comment that this answers."
    ]


async def test_nobody_is_told_of_what_they_wrote_themselves(cast: Cast, as_) -> None:
    post = await open_thread(cast.alice)
    await write(cast.alice, post, "I forgot to say.")
    await do_jobs()
    assert await told(as_, cast.alice) == []
    await write(cast.bob, post, "Say it.")
    await do_jobs()
    assert len(await told(as_, cast.alice)) == 1


async def test_a_job_that_runs_twice_tells_once(cast: Cast, as_) -> None:
    post = await open_thread(cast.alice)
    comment = await write(cast.bob, post, "Once.")
    await do_jobs()
    async with transaction() as change:
        await change.enqueue(notify_comment, comment_id=comment)
    await do_jobs()
    assert len(await told(as_, cast.alice)) == 1


async def test_what_was_removed_before_is_told_to_nobody(cast: Cast, as_) -> None:
    post = await open_thread(cast.alice)
    comment = await write(cast.bob, post, "Too much said.")
    await remove_comment(cast.bob.viewer, comment)
    await do_jobs()
    assert await told(as_, cast.alice) == []
    await restore_comment(cast.bob.viewer, comment)
    await do_jobs()
    assert len(await told(as_, cast.alice)) == 1, "it stands again, and was not told yet"


async def test_what_is_removed_afterwards_is_no_more_in_list_count_or_log(cast: Cast, as_) -> None:
    post = await open_thread(cast.alice)
    comment = await write(cast.bob, post, "A secret.")
    await do_jobs()
    assert "A secret." in (await as_(cast.alice).get("/notifications")).text
    await remove_comment(cast.bob.viewer, comment)
    page = (await as_(cast.alice).get("/notifications")).text
    assert 'data-counted="[]"' in page
    assert "A secret." not in page
    await do_jobs()
    assert await told(as_, cast.alice) == []
    logged = await DB.fetch(
        "SELECT kind, data::text AS data FROM events WHERE channel = $1 ORDER BY seq", f"user:{cast.alice.id}"
    )
    assert [row["kind"] for row in logged] == ["notification.created", "notification.read"]
    assert not [row for row in logged if "secret" in (row["data"] or "")]


async def test_the_replies_of_a_removed_post_go_with_it(cast: Cast, as_) -> None:
    post = await open_thread(cast.alice)
    first = await write(cast.bob, post, "First.")
    await write(cast.mallory, post, "A secret.", parent_id=first)
    await do_jobs()
    assert len(await told(as_, cast.bob)) == 1
    await remove_post(cast.alice.viewer, post)
    assert await told(as_, cast.bob) == []
    await do_jobs()
    logged = await DB.fetch("SELECT data::text AS data FROM events WHERE channel = $1", f"user:{cast.bob.id}")
    assert len(logged) == 2
    assert not [row for row in logged if "secret" in (row["data"] or "")]


async def test_who_reads_along_hears_it_on_their_own_channel_and_nobody_else_can(cast: Cast, server) -> None:
    post = await open_thread(cast.alice)
    channel = f"user:{cast.alice.id}"
    async with (
        await LiveClient.open(server.live_url, token=cast.alice.token, origin=server.url) as alice,
        await LiveClient.open(server.live_url, token=cast.mallory.token, origin=server.url) as mallory,
    ):
        await alice.subscribe(channel)
        await write(cast.bob, post, "Hello there.")
        await do_jobs()
        (event,) = await alice.hear_events(channel, 1)
        assert (event["event"], event["data"]["kind"], event["data"]["excerpt"]) == (
            "notification.created", "reply", "Hello there.",
        )  # fmt: skip
        assert (await mallory.subscribe(channel))["code"] == "not_found"


async def test_somebody_who_left_is_told_nothing(cast: Cast) -> None:
    post = await open_thread(cast.alice)
    gone = await enter("gone")
    comment = await write(gone, post, "Bye.")
    await do_jobs()
    await DB.fetch("UPDATE users SET left_at = now() WHERE id = $1", gone.id)
    await write(cast.bob, post, "Where are you?", parent_id=comment)
    await do_jobs()
    assert not await DB.fetch('SELECT FROM notifications WHERE "user" = $1', gone.id)
    assert len(await DB.fetch('SELECT FROM notifications WHERE "user" = $1', cast.alice.id)) == 2


@pytest.mark.parametrize("query", ["?cursor=x", "?cursor=-1", "?cursor=0", "?limit=0", "?limit=101"])
async def test_a_bad_place_in_the_list_is_refused(cast: Cast, as_, query: str) -> None:
    answer = await as_(cast.alice).get(PATH + query)
    assert answer.status_code == 422
    assert (await as_(cast.alice).get(PATH)).status_code == 200


async def test_the_list_goes_on_from_its_cursor(cast: Cast, as_) -> None:
    post = await open_thread(cast.alice)
    ids = [await write(cast.bob, post, f"Number {number}") for number in range(5)]
    await do_jobs()
    seen: list[int] = []
    query = "?limit=2"
    while query:
        answer = await as_(cast.alice).get(PATH + query)
        seen += [one["subject"]["id"] for one in shown(answer)]
        cursor = answer.json()["meta"]["next_cursor"]
        query = f"?limit=2&cursor={cursor}" if cursor else ""
    assert seen == ids[::-1]


async def test_the_anonymous_have_none(cast: Cast, client) -> None:
    refused(await client.get(PATH), 401, "unauthenticated")
    refused(await client.post(f"{PATH}/read"), 401, "unauthenticated")


async def test_what_was_written_long_ago_and_brought_here_is_told_to_nobody(cast: Cast, as_) -> None:
    post = await open_thread(cast.alice)
    old = await write(cast.bob, post, "From an archive.")
    await write(cast.bob, post, "From today.")
    await DB.fetch("UPDATE comments SET created_at = now() - interval '8 days' WHERE id = $1", old)
    await do_jobs()
    assert [one["excerpt"] for one in await told(as_, cast.alice)] == ["From today."]
