"""What the panel's lists cost."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from app.admin.panel import panel
from app.admin.shown import TABLES
from app.database.engine import DB, Engine
from tests.cast import Cast, enter


@pytest.fixture
async def here(cast: Cast, database: Engine) -> AsyncIterator[httpx.AsyncClient]:
    """The panel itself, behind the bridge, in this process: where statements can be counted."""

    async def panel_for_ada(scope: Any, receive: Any, send: Any) -> None:
        await panel()({**scope, "state": {"viewer": cast.ada.viewer}}, receive, send)

    transport = httpx.ASGITransport(app=panel_for_ada)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        yield client


@pytest.mark.parametrize("table", [table.table_class._meta.tablename for table in TABLES])
async def test_a_list_takes_as_many_statements_with_one_row_as_with_many(
    here: httpx.AsyncClient, cast: Cast, queries: list[str], table: str
) -> None:
    await _write()
    await here.get(f"/api/tables/{table}/?__readable=true")
    few = await _count(here, queries, table)
    for number in range(5):
        await enter(f"guest_{number}")
    await _write()
    assert await _count(here, queries, table) == few == 1


@pytest.mark.parametrize("path", ["users/{id}/", "users/references/", "posts/ids/", "users/count/"])
async def test_what_a_form_asks_for_does_not_grow_either(
    here: httpx.AsyncClient, cast: Cast, queries: list[str], path: str
) -> None:
    address = f"/api/tables/{path.format(id=cast.bob.id)}"
    counts = []
    for _ in range(2):
        await _write()
        queries.clear()
        assert (await here.get(address)).status_code == 200
        counts.append(len(queries))
    assert counts[1] == counts[0] <= 2


async def _count(here: httpx.AsyncClient, queries: list[str], table: str) -> int:
    queries.clear()
    answer = await here.get(f"/api/tables/{table}/?__readable=true")
    assert answer.json()["rows"]
    return len(queries)


async def _write() -> None:
    async with DB.transaction():
        await DB.execute(
            """
            INSERT INTO posts (author, title, body, body_html, excerpt) SELECT id, 'A title', 'a', '', '' FROM users;
            INSERT INTO comments (post, author, body, body_html, seq) SELECT id, author, 'a', '', 1 FROM posts;
            INSERT INTO reactions ("user", comment, kind) SELECT author, id, 'like' FROM comments
                ON CONFLICT DO NOTHING;
            INSERT INTO post_revisions (post, editor, title, body) SELECT id, author, 'A title', 'a' FROM posts;
            INSERT INTO comment_revisions (comment, editor, body) SELECT id, author, 'a' FROM comments;
            INSERT INTO tags (name, posts_count) SELECT 'tag-' || id, 1 FROM posts ON CONFLICT DO NOTHING;
            INSERT INTO uploads (name, owner) SELECT md5(random()::text), author FROM posts;
            INSERT INTO api_tokens ("user", token_hash, name, scopes)
                SELECT author, sha256(gen_random_uuid()::text::bytea), 'a', ARRAY['read'] FROM posts;
            INSERT INTO counter_checks (counter, drift, repaired)
                SELECT 'counter-' || id, 0, 0 FROM posts ON CONFLICT DO NOTHING;
            INSERT INTO outbox (job) SELECT 'recount_tags' FROM posts;
            INSERT INTO channels (name) SELECT 'post:' || id FROM posts ON CONFLICT DO NOTHING;
            INSERT INTO admin_changes (admin, admin_username, table_name, row_id, action, before, after)
                SELECT author, 'ada', 'users', '1', 'change', '{}', '{}' FROM posts;
            """
        )
