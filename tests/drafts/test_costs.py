"""What drafts cost, with few of them and with many."""

import pytest

from app.database.engine import DB
from tests.cast import Cast
from tests.inside import cost
from tests.writers import open_thread, write

# Asked by alice, her session's statement included.
COSTS = {"/api/v1/drafts": 3, "/api/v1/drafts/new": 2, "/drafts": 3, "/drafts/new": 1}


@pytest.mark.parametrize("path", COSTS)
async def test_it_takes_as_many_statements_however_many_drafts(cast: Cast, path: str) -> None:
    await grow(cast, "new")
    few = await cost(path, cast.alice)
    for _ in range(10):
        post = await open_thread(cast.bob)
        comment = await write(cast.alice, post, "words")
        await grow(cast, f"reply:post:{post}", f"edit:comment:{comment}")
    assert (few, await cost(path, cast.alice)) == (COSTS[path], COSTS[path])


async def grow(cast: Cast, *subjects: str) -> None:
    await DB.fetch(
        """INSERT INTO drafts ("user", subject, body, version)
        SELECT $1, subject, 'x', 1 FROM unnest($2::text[]) AS subject""",
        cast.alice.id,
        list(subjects),
    )
