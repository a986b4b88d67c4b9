"""The worker process: whatever is killed or emptied, everything that was committed is done in the end."""

import asyncio
from typing import Any

import pytest

from app.accounts.jobs import send_welcome
from app.comments.schemas import NewComment
from app.comments.services import post_comment
from app.database.engine import DB, Engine
from app.database.redis import connect
from app.database.transaction import transaction
from app.jobs import cron
from app.posts.schemas import NewPost
from app.posts.services import publish_post
from app.worker import CRONS, HANDS
from tests.waiting import eventually

SOON = 5.0


@pytest.fixture(autouse=True)
async def _quiet_clock(database: Engine) -> None:
    """Every slot is taken: what the clock wants, such as a report to admins, is not among the mails here."""
    for line in CRONS:
        await cron.take(line)
    await DB.fetch("DELETE FROM outbox")


async def welcome(*members: Any) -> None:
    async with transaction() as change:
        for member in members:
            await change.enqueue(send_welcome, user_id=member.id)


async def all_done() -> bool:
    return not await DB.fetch("SELECT FROM outbox")


async def pass_time() -> None:
    """Leases run out and pauses end, as if a minute had passed."""
    await DB.fetch(
        """UPDATE outbox SET run_at = least(run_at, now() - interval '1 ms'),
        lease_until = CASE WHEN lease_until IS NOT NULL THEN now() - interval '1 ms' END"""
    )


async def counts(member: Any) -> tuple[int, int]:
    row = (await DB.fetch("SELECT posts_count, comments_count FROM users WHERE id = $1", member.id))[0]
    return row["posts_count"], row["comments_count"]


async def talk(cast: Any, comments: int) -> None:
    post, _ = await publish_post(cast.alice.viewer, NewPost(title="Tea", body="Which one?", tags=["tea"]))
    for number in range(comments):
        await post_comment(cast.bob.viewer, post.id, NewComment(body=f"Number {number}"))


async def test_counts_are_right_within_five_seconds(cast, work):
    work()
    await talk(cast, 20)

    async def right():
        tea = await DB.fetch("SELECT posts_count FROM tags WHERE name = 'tea'")
        return (await counts(cast.alice), await counts(cast.bob), tea[0][0]) == ((1, 0), (0, 20), 1)

    await eventually(right, "the counts are right", SOON)
    assert await DB.fetch("SELECT FROM outbox WHERE dead_at IS NOT NULL") == []


async def test_a_worker_killed_in_the_middle_and_a_redis_that_forgot_lose_nothing(
    cast, work, smtp, redis_server
):
    worker = work(smtp_url=smtp.url)
    smtp.answering.clear()
    await welcome(cast.alice, cast.bob)
    await talk(cast, 5)
    await eventually(lambda: len(smtp.seen) >= 2, "both mails are on their way")
    worker.kill()
    redis = connect(url=redis_server.url)
    await redis.flushall()
    await redis.aclose()
    assert len(await DB.fetch("SELECT FROM outbox WHERE job = 'send_welcome'")) == 2
    smtp.answering.set()
    await pass_time()
    worker.start()
    await eventually(all_done, "all that was committed is done")
    assert (await counts(cast.alice), await counts(cast.bob)) == ((1, 0), (0, 5))
    for member in (cast.alice, cast.bob):
        mails = smtp.to(member.email)
        assert mails, "at least once"
        assert {mail["Message-ID"] for mail in mails} == {f"<welcome-{member.id}@localhost>"}


async def test_a_redis_that_comes_late_is_no_matter(cast, work, smtp, redis_server):
    work(smtp_url=smtp.url)
    redis_server.kill()
    await welcome(cast.alice)
    assert not await all_done()
    redis_server.start()
    await eventually(all_done, "the relay found what was lost", 30)
    assert len(smtp.to(cast.alice.email)) == 1


async def test_a_redis_that_hangs_is_waited_for(cast, work, smtp, redis_server):
    work(smtp_url=smtp.url)
    redis_server.pause()
    try:
        await welcome(cast.alice)
    finally:
        redis_server.resume()
    await eventually(all_done, "all is done", 30)
    assert len(smtp.to(cast.alice.email)) == 1


async def refused(times: int) -> None:
    async def noted() -> Any:
        return await DB.fetch(
            "SELECT FROM outbox WHERE tries = $1 AND lease_until IS NULL AND error LIKE '%451%'", times
        )

    await eventually(noted, f"the row says that it was refused {times} times")


async def test_a_mail_server_that_refuses_gets_it_later(cast, work, smtp):
    smtp.refusals = 2
    work(smtp_url=smtp.url)
    await welcome(cast.alice)
    for refusals in (1, 2):
        await refused(refusals)
        assert smtp.mails == []
        assert len(smtp.seen) == refusals
        await pass_time()
    await eventually(all_done, "the mail was taken")
    assert len(smtp.mails) == 1
    assert len({mail["Message-ID"] for mail in smtp.seen}) == 1


async def test_two_workers_do_each_job_once(cast, work, smtp):
    for _ in range(2):
        work(smtp_url=smtp.url)
    people = [cast.alice, cast.bob, cast.mallory, cast.mona, cast.ada]
    for _ in range(4):
        await welcome(*people)
    await eventually(all_done, "all is done")
    assert len(smtp.mails) == 20
    runs = await DB.fetch("SELECT name, count(*) FROM cron_runs GROUP BY name, slot HAVING count(*) > 1")
    assert runs == []


async def test_a_worker_that_is_asked_to_stop_finishes_what_it_has_in_hand(cast, work, smtp):
    worker = work(smtp_url=smtp.url)
    smtp.answering.clear()
    await welcome(cast.alice)
    await eventually(lambda: smtp.seen, "it is under way")
    worker.ask()
    smtp.answering.set()
    assert await asyncio.to_thread(worker.wait) == 0
    assert await DB.fetch("SELECT FROM outbox WHERE job = 'send_welcome'") == []
    assert len(smtp.mails) == 1


async def test_what_takes_too_long_is_handed_back(cast, work, smtp):
    worker = work(smtp_url=smtp.url)
    smtp.answering.clear()
    await welcome(cast.alice)
    await eventually(lambda: smtp.seen, "it is under way")
    worker.ask()
    assert await asyncio.to_thread(worker.wait) == 0
    left = await DB.fetch(
        "SELECT lease_until < now() AS free, dead_at FROM outbox WHERE job = 'send_welcome'"
    )
    assert [tuple(row) for row in left] == [(True, None)]


async def test_a_worker_that_stops_leaves_the_queue_to_others(cast, work, smtp):
    """While it finishes what it has in hand, it takes nothing away from the other one."""
    first = work(smtp_url=smtp.url)
    smtp.answering.clear()
    await welcome(cast.alice)
    await eventually(lambda: smtp.seen, "it is under way")
    first.ask()
    work(smtp_url=smtp.url)
    await welcome(*[cast.bob, cast.mallory] * 10)
    await eventually(lambda: len(smtp.seen) > HANDS["urgent"], "the other one works", SOON)
    smtp.answering.set()
    await eventually(all_done, "all is done", SOON)
    assert len(smtp.mails) == 21
