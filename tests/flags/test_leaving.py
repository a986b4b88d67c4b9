"""Who leaves is in no flag any more: what they reported and decided stays, without their name."""

from app.accounts.deletion.services import delete_member
from app.database.engine import DB
from app.flags import leaving
from tests.accounts.test_deletion import leave, rows_of
from tests.api import shown
from tests.cast import Cast, enter
from tests.flags.reporting import decide, listed, report
from tests.working_off import work_off
from tests.writers import open_thread


async def told_of(name: str) -> int:
    rows = await DB.fetch(
        "SELECT FROM events WHERE channel = 'moderation' AND data::text LIKE '%' || $1 || '%'", name
    )
    return len(rows)


async def test_a_report_stays_open_without_the_name_of_who_made_it(cast: Cast, as_) -> None:
    flag = await report(as_(cast.bob), f"post:{await open_thread(cast.alice)}", note="Look.")
    assert await told_of("bob") == 1
    shown(await leave(as_(cast.bob), cast.bob))
    (seen,) = await listed(as_(cast.mona))
    assert seen == {**flag, "reporter": None}, "at once"
    await work_off()
    assert await listed(as_(cast.mona), status="open") == [{**flag, "reporter": None}]
    assert await told_of("bob") == 0
    assert await rows_of(cast.bob) == set()


async def test_what_a_moderator_decided_stays_decided(cast: Cast, as_) -> None:
    flag = await report(as_(cast.bob), f"post:{await open_thread(cast.alice)}")
    decided = await decide(as_(cast.mona), flag["id"], "upheld")
    assert await told_of("mona") == 1
    shown(await leave(as_(cast.mona), cast.mona))
    await work_off()
    assert await listed(as_(cast.ada)) == [{**decided, "resolver": None}]
    assert await told_of("mona") == 0
    assert await rows_of(cast.mona) == set()


async def test_of_who_is_gone_nothing_is_left_to_decide(cast: Cast, as_) -> None:
    await report(as_(cast.bob), f"user:{cast.mallory.id}")
    decided = await report(as_(cast.alice), f"user:{cast.mallory.id}")
    await decide(as_(cast.mona), decided["id"], "upheld")
    await report(as_(cast.bob), f"user:{cast.mallory.id}")
    await delete_member(cast.ada.viewer, cast.mallory.id)
    await work_off()
    assert await listed(as_(cast.mona)) == []
    assert await told_of("mallory") == 0
    last = await DB.fetch("SELECT kind, data->>'status' AS status FROM events WHERE data IS NOT NULL AND "
                          "channel = 'moderation' ORDER BY seq")  # fmt: skip
    assert [tuple(row) for row in last] == [("flag.resolved", "dismissed")]
    assert await rows_of(cast.mallory) == set()


async def test_many_go_in_parts(cast: Cast, as_) -> None:
    posts = [await open_thread(cast.alice) for _ in range(3)]
    for post in posts:
        await report(as_(cast.bob), f"post:{post}")
    gone = await enter("gone")
    await report(as_(gone), f"post:{posts[0]}")
    assert [await leaving.let_go(cast.bob.id, 2) for _ in range(3)] == [2, 1, 0]
    assert [row["reporter"] for row in await DB.fetch("SELECT reporter FROM flags ORDER BY id")] == [
        None, None, None, gone.id,
    ]  # fmt: skip
