"""The daily report: figures of one day, one mail for each admin, and none for who stopped them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.database.engine import DB
from app.database.transaction import transaction
from app.reports import jobs, mails
from app.reports.queries import Day, figures_of
from app.worker import CRONS
from tests.cast import Cast

DAY = date(2026, 5, 4)
_WRITE = """
WITH post AS (
    INSERT INTO posts (author, title, body, body_html, excerpt, created_at)
    SELECT $1, 'Post', 'x', 'x', 'x', moment FROM unnest($2::timestamptz[]) AS m (moment) RETURNING id, created_at
)
INSERT INTO comments (post, author, body, body_html, seq, created_at)
SELECT id, $1, 'x', 'x', 1, created_at FROM post, generate_series(1, 2)
"""


async def write_around_midnight(cast: Cast) -> None:
    """Before, in the first and the last moment of the day, and after."""
    midnight = datetime(2026, 5, 4, tzinfo=UTC)
    moments = [midnight - timedelta(milliseconds=1), midnight, midnight + timedelta(hours=23, minutes=59),
               midnight + timedelta(days=1)]  # fmt: skip
    await DB.fetch(_WRITE, cast.alice.id, moments)


async def test_a_day_has_what_came_between_two_midnights(cast: Cast) -> None:
    await write_around_midnight(cast)
    await DB.fetch("UPDATE users SET created_at = '2026-05-04T12:00:00Z' WHERE username IN ('bob', 'mona')")
    assert await figures_of(DAY) == Day(
        registrations=2, posts=2, comments=4, removed=0, flags=0, upheld=0, dismissed=0, open_flags=0,
        failed_jobs=0, drift=0,
    )  # fmt: skip
    await DB.fetch(
        """UPDATE comments SET removed_at = '2026-05-04T12:00:00Z', removed_by = 'author'
        WHERE id = (SELECT min(id) FROM comments WHERE created_at = '2026-05-04T00:00:00Z')"""
    )
    found = await figures_of(DAY)
    assert (found.comments, found.removed) == (3, 1)


MOMENTS = [midnight + timedelta(milliseconds=ms) for midnight in
           (datetime(2026, 5, 4, tzinfo=UTC), datetime(2026, 5, 5, tzinfo=UTC)) for ms in (-1, 0, 1)]  # fmt: skip
FLAGS = st.lists(
    st.tuples(st.sampled_from(MOMENTS), st.sampled_from(["open", "upheld", "dismissed"]), st.sampled_from(MOMENTS)),
    max_size=12,
)  # fmt: skip
_REPORT = """
INSERT INTO flags (post, reason, created_at, status, resolved_at)
SELECT (SELECT max(id) FROM posts), 'spam', *
FROM unnest($1::timestamptz[], $2::text[], $3::timestamptz[]) AS flag (made, status, resolved)
"""


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(flags=FLAGS)
async def test_what_is_told_of_flags_is_what_the_table_holds(cast: Cast, flags: list[Any]) -> None:
    await DB.fetch("DELETE FROM flags")
    await DB.fetch(_WRITE, cast.alice.id, [MOMENTS[0]])
    columns = [[made for made, _, _ in flags], [status for _, status, _ in flags],
               [None if status == "open" else resolved for _, status, resolved in flags]]  # fmt: skip
    await DB.fetch(_REPORT, *columns)
    found = await figures_of(DAY)
    # The last moment before the day, all of it, and the first after it.
    on_day = MOMENTS[1:4]
    decided = [status for _, status, resolved in flags if resolved in on_day]
    assert found.flags == sum(made in on_day for made, _, _ in flags)
    assert (found.upheld, found.dismissed) == (decided.count("upheld"), decided.count("dismissed"))
    assert found.open_flags == sum(status == "open" for _, status, _ in flags)


async def test_flags_are_told_in_the_mail(cast: Cast) -> None:
    await DB.fetch(_WRITE, cast.alice.id, [MOMENTS[1]])
    await DB.fetch(_REPORT, MOMENTS[1:4], ["open", "open", "upheld"], [None, None, MOMENTS[2]])
    mail = await mails.daily_report(cast.ada.id, DAY)
    assert mail is not None
    words = " ".join(mail.text.split())
    for said in (
        "Reported to moderators: 3",
        "Reports upheld: 1",
        "Reports dismissed: 0",
        "Waiting for a moderator: 2 reports",
    ):
        assert said in words
    assert "2 reports wait" in " ".join(mail.html.replace("<strong>", "").replace("</strong>", "").split())


async def test_failed_jobs_and_drift_are_told(cast: Cast) -> None:
    await DB.fetch("INSERT INTO outbox (job, dead_at) VALUES ('send_welcome', now()), ('recount_tags', NULL)")
    await DB.fetch("INSERT INTO counter_checks (counter, drift, repaired) VALUES ('a', 3, 9), ('b', 4, 4)")
    mail = await mails.daily_report(cast.ada.id, DAY)
    assert mail is not None
    assert "1 job was" in " ".join(mail.html.replace("<strong>", "").replace("</strong>", "").split())
    for said in (mail.text, mail.html):
        assert "off by 7" in said
        assert "Monday, 4 May 2026" in said
        assert "You get this mail because you are an admin" in said
        assert mail.leave in said
    assert mail.key == f"report-2026-05-04-{cast.ada.id}"


async def test_a_quiet_day_is_told_without_alarm(cast: Cast) -> None:
    mail = await mails.daily_report(cast.ada.id, DAY)
    assert mail is not None
    assert "Counters" not in mail.text
    assert "jobs dead" not in mail.text


async def test_each_admin_gets_one_and_nobody_else(cast: Cast) -> None:
    await DB.fetch("UPDATE users SET role = 'admin' WHERE id = $1", cast.mona.id)
    for _ in range(2):
        async with transaction() as change:
            await jobs.report_day(change)
    rows = await DB.fetch("SELECT payload->>'admin_id' AS id, payload->>'day' AS day FROM outbox ORDER BY id")
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
    assert {(row["id"], row["day"]) for row in rows} == {
        (str(cast.mona.id), yesterday), (str(cast.ada.id), yesterday),
    }  # fmt: skip
    assert len(rows) == 2


async def test_who_stopped_them_or_is_no_admin_any_more_gets_none(cast: Cast) -> None:
    assert await mails.daily_report(cast.ada.id, DAY) is not None
    async with transaction() as change:
        await mails.REPORTS.stop(change, cast.ada.id)
    assert await mails.daily_report(cast.ada.id, DAY) is None
    assert await mails.daily_report(cast.mona.id, DAY) is None


def test_it_comes_once_a_day_after_the_counters_were_compared() -> None:
    crons = {cron.job.__name__: cron for cron in CRONS}
    assert crons["report_day"].every == timedelta(days=1)
    assert crons["report_day"].after > crons["reconcile_counters"].after
