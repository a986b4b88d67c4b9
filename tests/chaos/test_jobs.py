"""The examination of jobs, shown to see each thing that it is there for."""

import pytest

from app.database.engine import DB
from tests.cast import Cast, enter
from tests.chaos import jobs
from tests.writers import open_thread


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "DONE_WITHIN", 0.0)


async def found() -> tuple[int, list[str]]:
    welcomed, findings = await jobs.examine(DB.config["dsn"])
    return welcomed, [finding.kind for finding in findings]


async def test_when_all_is_done_nothing_is_found(cast: Cast) -> None:
    newcomer = await enter("newcomer_1_1")
    await DB.fetch(
        "INSERT INTO mails (message_id, recipient, subject, text, html) VALUES ($1, '', '', '', '')",
        f"<welcome-{newcomer.id}@localhost>",
    )
    assert await found() == (1, [])


async def test_what_was_not_done_given_up_or_lost_is_found(cast: Cast) -> None:
    await enter("newcomer_1_1")
    assert await found() == (0, ["job lost: no mail"])
    await open_thread(cast.alice)
    await DB.fetch("UPDATE users SET posts_count = 7 WHERE id = $1", cast.alice.id)
    await DB.fetch("DELETE FROM outbox")
    await DB.fetch("INSERT INTO outbox (job, dead_at) VALUES ('a', NULL), ('b', now())")
    kinds = ["job not done", "job given up", "job lost: not counted", "job lost: no mail"]
    assert await found() == (0, kinds)


async def test_time_passes_for_what_waits(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    await DB.fetch("INSERT INTO outbox (job, tries, run_at, lease_until) VALUES "
                   "('a', 3, now() + interval '1 hour', now() + interval '1 hour')")  # fmt: skip
    monkeypatch.setattr(jobs, "DONE_WITHIN", 0.1)
    await jobs.examine(DB.config["dsn"])
    (left,) = await DB.fetch("SELECT run_at <= now() AND lease_until <= now() AS due FROM outbox")
    assert left["due"]
