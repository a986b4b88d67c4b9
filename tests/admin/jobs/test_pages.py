"""`/admin/jobs`: what admins see and decide, what is written down of it, and that nobody else finds anything."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from app.database.engine import DB, Engine
from tests.cast import Cast, Member
from tests.inside import cost
from tests.serving import Server

As = Callable[[Member], httpx.AsyncClient]
PAGE = "/admin/jobs"

EVERY_STATE = """
INSERT INTO outbox (job, payload, key, tries, run_at, lease_until, dead_at, error, queue, request_id) VALUES
    ('send_welcome', '{"secret": "words"}', 'secret-key', 8, now() - interval '3 hours', NULL,
        now() - interval '2 hours', 'SMTPError: <b>No</b>', 'urgent', 'a1b2'),
    ('send_digest', '{}', NULL, 8, now(), NULL, now(), 'SMTPError', 'slow', NULL),
    ('recount_tags', '{}', 'tags', 2, now() + interval '10 minutes', NULL, NULL, 'TimeoutError: ', 'usual', NULL),
    ('let_member_go', '{}', 'go', 1, now(), now() + interval '1 minute', NULL, NULL, 'slow', NULL),
    ('recount_user', '{}', 'user', 0, now() + interval '1 hour', NULL, NULL, NULL, 'usual', NULL)
RETURNING id, job
"""


@pytest.fixture
async def jobs(database: Engine) -> dict[str, int]:
    """The number of one job in each state, by its name."""
    return {row["job"]: row["id"] for row in await DB.fetch(EVERY_STATE)}


async def state(entry_id: int) -> Any:
    rows = await DB.fetch(
        "SELECT tries, key, run_at <= now() AS due, dead_at, lease_until FROM outbox WHERE id = $1", entry_id
    )
    return tuple(rows[0]) if rows else None


async def record() -> list[tuple[Any, ...]]:
    rows = await DB.fetch(
        "SELECT admin_username, table_name, row_id, action, before::text, after::text FROM admin_changes ORDER BY id"
    )
    return [tuple(row) for row in rows]


async def test_an_admin_sees_every_job_with_its_tries_its_time_and_its_cause(
    cast: Cast, as_: As, jobs: dict[str, int]
) -> None:
    text = (await as_(cast.ada).get(PAGE)).text
    for name, entry_id in jobs.items():
        assert name in text
        assert f"#{entry_id}" in text
    for said in (
        "Given up 2 h ago after 8 tries", "SMTPError: &lt;b&gt;No&lt;/b&gt;", "a1b2", "Tried 2 times, again in 9 min",
        "Try 1", "In 59 min",
    ):  # fmt: skip
        assert said in text, said
    assert "secret" not in text, "for whom it is stays in its row"


async def test_the_page_takes_as_many_statements_with_one_job_as_with_many(cast: Cast, jobs: Any) -> None:
    few = await cost(PAGE, cast.ada)
    for _ in range(30):
        await DB.fetch(
            EVERY_STATE.replace("'tags'", "NULL").replace("'go'", "NULL").replace("'user'", "NULL")
        )
    assert await cost(PAGE, cast.ada) == few == 5


@pytest.mark.parametrize("job", ["send_welcome", "recount_tags", "recount_user"])
async def test_a_job_is_tried_again_at_once_and_that_is_written_down(
    cast: Cast, as_: As, jobs: dict[str, int], job: str
) -> None:
    before = await state(jobs[job])
    answer = await as_(cast.ada).post(f"{PAGE}/retries", data={"id": jobs[job]})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PAGE}?saved=retried")
    key = None if before[3] else before[1]
    assert await state(jobs[job]) == (0, key, True, None, None)
    ((name, table, row, action, was, is_),) = await record()
    assert (name, table, row, action) == ("ada", "outbox", str(jobs[job]), "change")
    assert '"waiting"' in is_
    assert "secret" not in was + is_


async def test_a_job_is_dropped_and_that_is_written_down(cast: Cast, as_: As, jobs: dict[str, int]) -> None:
    answer = await as_(cast.ada).post(f"{PAGE}/removals", data={"id": jobs["send_welcome"]})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PAGE}?saved=dropped")
    assert await state(jobs["send_welcome"]) is None
    assert len(await DB.fetch("SELECT FROM outbox")) == 4
    ((name, table, row, action, was, _),) = await record()
    assert (name, table, row, action) == ("ada", "outbox", str(jobs["send_welcome"]), "delete")
    assert '"send_welcome"' in was
    assert "secret" not in was


@pytest.mark.parametrize(("what", "left", "saved"), [("retries", 5, "retried"), ("removals", 3, "dropped")])
async def test_all_that_were_given_up_are_decided_about_at_once(
    cast: Cast, as_: As, jobs: dict[str, int], what: str, left: int, saved: str
) -> None:
    answer = await as_(cast.ada).post(f"{PAGE}/{what}", data={"id": "dead"})
    assert answer.headers["location"] == f"{PAGE}?saved=all-{saved}"
    assert len(await DB.fetch("SELECT FROM outbox")) == left
    assert not await DB.fetch("SELECT FROM outbox WHERE dead_at IS NOT NULL")
    assert {row for _, _, row, *_ in await record()} == {
        str(jobs[name]) for name in ("send_welcome", "send_digest")
    }


@pytest.mark.parametrize("what", ["retries", "removals"])
async def test_what_is_being_done_or_is_done_is_left_alone(
    cast: Cast, as_: As, jobs: dict[str, int], what: str
) -> None:
    ada, before = as_(cast.ada), await state(jobs["let_member_go"])
    answer = await ada.post(f"{PAGE}/{what}", data={"id": jobs["let_member_go"]})
    assert (answer.status_code, "being done right now" in answer.text) == (409, True)
    assert await state(jobs["let_member_go"]) == before
    for odd in ("0", "-1", "9" * 19, "9" * 40, "٣", "", "all"):
        answer = await ada.post(f"{PAGE}/{what}", data={"id": odd})
        assert (answer.status_code, "done by now" in answer.text) == (404, True), odd
    assert len(await DB.fetch("SELECT FROM outbox")) == 5
    assert await record() == []


async def test_for_everybody_else_there_is_nothing(
    cast: Cast, as_: As, server: Server, jobs: dict[str, int]
) -> None:
    assert (await as_(cast.ada).get(PAGE)).status_code == 200
    async with server.client() as anonymous:
        for asking in (as_(cast.mona), as_(cast.mallory), anonymous):
            assert (await asking.get(PAGE)).status_code == 404
            for what in ("retries", "removals"):
                for wanted in ("dead", str(jobs["send_welcome"])):
                    assert (await asking.post(f"{PAGE}/{what}", data={"id": wanted})).status_code == 404
    assert len(await DB.fetch("SELECT FROM outbox WHERE dead_at IS NOT NULL")) == 2
    assert (await as_(cast.ada).post(f"{PAGE}/retries", data={"id": "dead"})).status_code == 303


async def test_another_site_decides_nothing(cast: Cast, as_: As, jobs: dict[str, int]) -> None:
    foreign = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    answer = await as_(cast.ada).post(f"{PAGE}/removals", data={"id": "dead"}, headers=foreign)
    assert answer.status_code == 403
    assert len(await DB.fetch("SELECT FROM outbox")) == 5
