"""`/metrics`: what a Prometheus on this machine reads."""

from app.counters.services import reconcile
from app.database.engine import DB
from app.jobs import dead_letters


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
    assert (await figures(client))['hubbub_jobs{state="waiting"}'] == 0
    await DB.fetch(
        """INSERT INTO outbox (job, run_at, lease_until, dead_at) VALUES
        ('a', now() - interval '1 minute', NULL, NULL), ('b', now(), now() + interval '1 minute', NULL),
        ('c', now(), NULL, now()), ('d', now() + interval '1 hour', NULL, NULL)"""
    )
    seen = await figures(client)
    assert seen['hubbub_jobs{state="waiting"}'] == 2
    assert seen['hubbub_jobs{state="running"}'] == 1
    assert seen['hubbub_jobs{state="dead"}'] == 1
    assert 60 <= seen["hubbub_jobs_late_seconds"] < 120
    assert len(await dead_letters.list_dead()) == 1
