"""A worker killed in the middle of taking somebody's words away leaves the rest to the next one."""

from app.accounts.deletion.jobs import let_member_go_soon
from app.database.engine import DB
from app.database.transaction import transaction
from tests.jobs.test_worker import pass_time
from tests.waiting import eventually
from tests.writers import check_sums, open_thread

MANY = 500

_WRITE = """
WITH post AS (UPDATE posts SET comments_count = $3 WHERE id = $1)
INSERT INTO comments (post, author, body, body_html, seq)
SELECT $1, $2, 'Word ' || n, '', 0 FROM generate_series(1, $3::int) AS n
"""


async def left_to_do(member) -> int:
    return len(await DB.fetch("SELECT FROM comments WHERE author = $1", member.id))


async def test_a_worker_killed_while_words_go_repeats_and_leaves_out_none(cast, work):
    post_id = await open_thread(cast.bob)
    await DB.fetch(_WRITE, post_id, cast.alice.id, MANY)
    worker = work()
    async with transaction() as change:
        await DB.fetch("UPDATE users SET left_at = now() WHERE id = $1", cast.alice.id)
        await let_member_go_soon(change, cast.alice.id, "remove")

    async def begun():
        return await left_to_do(cast.alice) < MANY

    await eventually(begun, "the worker has begun")
    worker.kill()
    assert await left_to_do(cast.alice), "it was killed in the middle"
    assert await DB.fetch("SELECT FROM outbox WHERE job = 'let_member_go'")
    await pass_time()
    worker.start()

    async def gone():
        return not await DB.fetch("SELECT FROM users WHERE id = $1", cast.alice.id)

    await eventually(gone, "the member is gone", 120.0)
    told = await DB.fetch("SELECT subject FROM events WHERE kind = 'comment.removed'")
    assert len(told) == len({row["subject"] for row in told}) == MANY
    await check_sums(post_id)
