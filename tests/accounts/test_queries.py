"""What the pages and lists about people cost, with few rows and with many."""

import pytest

from app.database.engine import DB, Engine
from tests.cast import Cast, enter
from tests.inside import cost

COSTS = {
    "/@alice": 5,
    "/@alice/comments": 4,
    "/settings": 3,
    "/settings/email": 5,
    "/settings/password": 2,
    "/settings/two-factor": 3,
    "/settings/sessions": 3,
    "/settings/look": 2,
    "/settings/account": 3,
    "/api/v1/sessions": 2,
    "/api/v1/users?q=a": 3,
    "/api/v1/users/{alice}": 2,
}

_WRITE = """
WITH post AS (
    INSERT INTO posts (author, title, body, body_html, excerpt)
    SELECT $1, 'Post ' || n, 'x', 'x', 'x' FROM generate_series(1, 15) AS n RETURNING id
)
INSERT INTO comments (post, author, body, body_html, seq) SELECT id, $1, 'x', 'x', 1 FROM post
"""


@pytest.mark.parametrize("path", COSTS)
async def test_it_takes_as_many_queries_however_many_rows(cast: Cast, path: str) -> None:
    address = path.format(alice=cast.alice.id)
    few = await cost(address, cast.alice)
    await many(cast)
    assert (few, await cost(address, cast.alice)) == (COSTS[path], COSTS[path])


async def test_a_picture_takes_one_query_and_no_session(database: Engine, cast: Cast) -> None:
    name = "0" * 32
    await database.fetch(
        """WITH upload AS (INSERT INTO uploads (name, owner) VALUES ($1, $2) RETURNING id)
        INSERT INTO pictures (upload, size, body) SELECT id, 256, 'x' FROM upload""",
        name,
        cast.alice.id,
    )
    assert await cost(f"/uploads/{name}.webp", cast.alice) == 1


async def many(cast: Cast) -> None:
    await DB.fetch(_WRITE, cast.alice.id)
    for number in range(5):
        await enter(f"anna{number}")
    await DB.fetch(
        """INSERT INTO sessions ("user", token_hash, expires_at)
        SELECT $1, sha256(n::text::bytea), now() + interval '1 day' FROM generate_series(1, 9) AS n""",
        cast.alice.id,
    )
