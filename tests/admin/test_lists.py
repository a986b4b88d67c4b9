"""What the panel's lists cost."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from app.admin.panel import panel
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


@pytest.mark.parametrize("table", ["users", "posts", "comments", "reactions", "sessions", "profiles"])
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
            """
        )
