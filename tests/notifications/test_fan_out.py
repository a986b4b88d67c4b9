"""Thousands of followers are told a hundred at a time, and nobody's welcome waits for them."""

from app.accounts.jobs import send_welcome
from app.database.engine import DB
from app.jobs.performer import Performer
from app.jobs.urgency import queue_of
from app.notifications.jobs import notify_comment, notify_others, notify_post
from app.worker import JOBS
from tests.cast import Cast
from tests.notifications.doing import do_jobs
from tests.notifications.test_following import say

FOLLOWERS = 450

_FOLLOWERS = """
WITH person AS (
    INSERT INTO users (username, email, password, role)
    SELECT 'fan' || n, 'f' || n || '@example.org', '', 'member' FROM generate_series(1, $2::int) AS n RETURNING id
), channel AS (
    INSERT INTO channels (name) SELECT 'user:' || id FROM person
)
INSERT INTO member_follows ("user", member) SELECT id, $1 FROM person
"""


async def test_all_are_told_once_in_changes_of_a_hundred(cast: Cast) -> None:
    await DB.fetch(_FOLLOWERS, cast.alice.id, FOLLOWERS)
    await say(cast.alice)
    await do_jobs()
    rows = await DB.fetch('SELECT "user", seq FROM notifications')
    assert len({row["user"] for row in rows}) == len(rows) == FOLLOWERS
    changes = await DB.fetch(
        "SELECT count(*) AS told FROM events WHERE kind = 'notification.created' GROUP BY xid::text ORDER BY told"
    )
    assert [row["told"] for row in changes] == [50, 100, 100, 100, 100]
    sums = await DB.fetch("SELECT DISTINCT seq FROM channels WHERE name LIKE 'user:%' AND seq > 0")
    assert [row["seq"] for row in sums] == [1]


async def test_what_was_killed_in_the_middle_goes_on_and_repeats_nothing(cast: Cast) -> None:
    await DB.fetch(_FOLLOWERS, cast.alice.id, FOLLOWERS)
    post = await say(cast.alice)
    await DB.fetch("DELETE FROM outbox WHERE job <> 'notify_post'")
    performer = Performer(JOBS)
    for _ in range(2):
        (row,) = await DB.fetch("SELECT id FROM outbox WHERE job LIKE 'notify%'")
        await performer.perform(row["id"])
    assert len(await DB.fetch("SELECT FROM notifications")) == 200
    # The same once more from the beginning, as a worker that lost its lease would.
    await DB.fetch(
        """INSERT INTO outbox (job, payload, run_at)
        VALUES ('notify_post', jsonb_build_object('post_id', $1::bigint), now())""",
        post,
    )
    await do_jobs()
    assert len(await DB.fetch("SELECT FROM notifications")) == FOLLOWERS
    assert len(await DB.fetch("SELECT FROM events WHERE kind = 'notification.created'")) == FOLLOWERS


async def test_the_many_wait_behind_what_somebody_waits_for(cast: Cast) -> None:
    assert (queue_of(send_welcome), queue_of(notify_others)) == ("urgent", "slow")
    assert {queue_of(notify_comment), queue_of(notify_post)} == {"usual"}
