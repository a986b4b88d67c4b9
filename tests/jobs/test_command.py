"""`hubbub jobs` and `hubbub counters`, as one types them."""

import asyncio
import sys

from app.database.engine import DB
from app.settings import child_environment
from tests.serving import ROOT


async def hubbub(*words: str) -> tuple[int, str]:
    """Exit status and what it said."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "app.cli", *words, cwd=ROOT, env=child_environment(),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode()


async def test_dead_jobs_are_listed_and_tried_again(database):
    assert await hubbub("jobs", "dead") == (0, "")
    await DB.fetch(
        "INSERT INTO outbox (job, tries, dead_at, error) VALUES ('send_welcome', 8, now(), 'no luck')"
    )
    status, said = await hubbub("jobs", "dead")
    assert status == 1
    assert "send_welcome, tried 8 times: no luck" in said
    assert await hubbub("jobs", "retry") == (0, "1 to be tried again.\n")
    row = (await DB.fetch("SELECT tries, dead_at, lease_until FROM outbox"))[0]
    assert tuple(row) == (0, None, None)


async def test_counters_are_reconciled_on_demand(cast):
    await DB.fetch("UPDATE users SET posts_count = 3 WHERE id = $1", cast.alice.id)
    status, said = await hubbub("counters", "reconcile")
    assert status == 0
    lines = dict(line.split(maxsplit=1) for line in said.splitlines() if line.startswith(("users", "tags")))
    assert lines == {"users.counts": "was off by 3, repaired", "tags.posts_count": "right"}
    assert (await DB.fetch("SELECT posts_count FROM users WHERE id = $1", cast.alice.id))[0][0] == 0


async def test_dead_jobs_are_dropped(database):
    await DB.fetch(
        "INSERT INTO outbox (job, tries, dead_at) VALUES ('send_welcome', 8, now()), ('a', 0, NULL)"
    )
    assert await hubbub("jobs", "drop") == (0, "1 dropped.\n")
    assert [row["job"] for row in await DB.fetch("SELECT job FROM outbox")] == ["a"]
