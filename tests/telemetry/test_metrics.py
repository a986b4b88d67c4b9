"""`/metrics`: what a Prometheus on this machine reads."""

from app.counters.services import reconcile
from app.database.engine import DB
from app.jobs.queries import list_dead


async def figures(client) -> dict[str, float]:
    answer = await client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    lines = [line.rpartition(" ") for line in answer.text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in lines}


async def test_drift_is_a_figure(cast, client):
    await DB.fetch("UPDATE users SET posts_count = 3 WHERE id = $1", cast.alice.id)
    await reconcile()
    seen = await figures(client)
    assert seen['hubbub_counter_drift{counter="users.counts"}'] == 3
    assert seen['hubbub_counter_drift{counter="tags.posts_count"}'] == 0
    assert seen['hubbub_counter_checked_timestamp_seconds{counter="users.counts"}'] > 1_700_000_000
    await reconcile()
    seen = await figures(client)
    assert seen['hubbub_counter_drift{counter="users.counts"}'] == 0
    assert seen['hubbub_counter_repaired_total{counter="users.counts"}'] == 3


async def test_jobs_are_figures(database, client):
    assert (await figures(client))['hubbub_jobs{queue="usual",state="waiting"}'] == 0
    await DB.fetch(
        """INSERT INTO outbox (job, tries, run_at, lease_until, dead_at, queue) VALUES
        ('a', 0, now() - interval '1 minute', NULL, NULL, 'usual'),
        ('b', 1, now(), now() + interval '1 minute', NULL, 'urgent'),
        ('c', 8, now(), NULL, now(), 'slow'),
        ('d', 0, now() + interval '1 hour', NULL, NULL, 'usual'),
        ('e', 2, now() + interval '1 hour', NULL, NULL, 'usual'),
        ('f', 1, now() - interval '1 hour', now() - interval '2 minutes', NULL, 'urgent')"""
    )
    seen = await figures(client)
    for queue, state in (
        ("usual", "waiting"), ("urgent", "running"), ("slow", "dead"), ("usual", "later"), ("usual", "failing"),
        ("urgent", "waiting"),
    ):  # fmt: skip
        assert seen[f'hubbub_jobs{{queue="{queue}",state="{state}"}}'] == 1, state
    assert 60 <= seen['hubbub_jobs_late_seconds{queue="usual"}'] < 120
    assert seen['hubbub_jobs_late_seconds{queue="slow"}'] == 0
    assert len(await list_dead()) == 1


async def test_what_came_of_each_job_is_a_figure(database, client):
    await DB.fetch(
        "INSERT INTO job_tallies (job, done, failed, discarded, microseconds) VALUES ('send_welcome', 4, 2, 1, 500000)"
    )
    seen = await figures(client)
    for outcome, count in (("done", 4), ("failed", 2), ("discarded", 1)):
        assert seen[f'hubbub_job_runs_total{{job="send_welcome",outcome="{outcome}"}}'] == count
    assert seen['hubbub_job_seconds_total{job="send_welcome"}'] == 0.5
