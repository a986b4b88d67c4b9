"""A snapshot and its position are of one moment (LIVE.md 4.1): what it holds, and no more, happened up to there."""

import asyncio
import random
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import msgspec
import pytest

from app.comments.removing import remove_comment, restore_comment
from app.comments.schemas import CommentChange
from app.comments.services import edit_comment
from app.database.engine import DB, Engine
from app.posts.removing import remove_post
from tests.cast import Cast
from tests.saying import tip
from tests.serving import Server
from tests.waiting import eventually
from tests.writers import check_sums, open_thread, write

SHOWN = ("body", "removed", "seq")
KEEP = """
CREATE TABLE told AS SELECT * FROM events WITH NO DATA;
CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN INSERT INTO told SELECT NEW.*; RETURN NULL; END
$$;
CREATE TRIGGER keep AFTER INSERT ON events FOR EACH ROW EXECUTE FUNCTION keep();
"""


@pytest.fixture(autouse=True)
async def told(database: Engine) -> AsyncIterator[None]:
    """A copy of the log that no removal blanks."""
    async with database.transaction():
        await database.execute(KEEP)
    yield
    async with database.transaction():
        await database.execute("DROP FUNCTION keep CASCADE; DROP TABLE told")


@asynccontextmanager
async def a_busy_thread(cast: Cast) -> AsyncIterator[int]:
    """Two people write, edit, remove and restore all the time."""
    post = await open_thread(cast.alice)

    async def write_on(member: Any) -> None:
        mine = [await write(member, post, "first")]
        while True:
            chosen = random.choice(mine)
            match random.choice(["write", "write", "edit", "remove"]):
                case "write":
                    mine.append(await write(member, post, f"comment {len(mine)}"))
                case "edit":
                    await edit_comment(member.viewer, chosen, CommentChange(body=f"edited {random.random()}"))
                case "remove":
                    await remove_comment(member.viewer, chosen)
                    await restore_comment(member.viewer, chosen)
            await asyncio.sleep(0.01)

    busy = [asyncio.create_task(write_on(member)) for member in (cast.alice, cast.bob)]
    try:
        yield post
    finally:
        assert not any(task.done() for task in busy)
        for task in busy:
            task.cancel()
        await asyncio.gather(*busy, return_exceptions=True)


async def test_4_1_three_hundred_snapshots_during_writes_lose_and_repeat_nothing(
    server: Server, client: httpx.AsyncClient, cast: Cast
) -> None:
    async with a_busy_thread(cast) as post:
        taken = [await take_snapshot(client, post) for _ in range(300)]
    assert await check_sums(post)
    events = await all_events(post)
    moved = [seq for seq, _ in taken]
    assert len(set(moved)) > 30, "the thread moved while it was read"
    for seq, comments in taken:
        said = told_by(events[:seq])
        first = {identity: said[identity] for identity in sorted(said)[: len(comments)]}
        assert {c["id"]: shown(c) for c in comments} == first, f"the snapshot at {seq}"
        assert len(comments) == min(100, len(said))


async def test_4_1_a_snapshot_of_several_pages_and_what_follows_its_first_position_are_the_whole(
    server: Server, client: httpx.AsyncClient, cast: Cast
) -> None:
    """Later pages are newer than the first page's position; events replace what they name (API.md)."""
    async with a_busy_thread(cast) as post:
        await eventually(lambda: longer_than(post, 100), "the thread has grown")
        snapshots = [await take_snapshot_in_pages(client, post, limit=7) for _ in range(5)]
    events = await all_events(post)
    whole = told_by(events)
    for seq, comments in snapshots:
        held = {comment["id"]: shown(comment) for comment in comments}
        assert len(held) == len(comments)
        for event in events[seq:]:
            identity, told = event["id"], shown(event)
            if identity not in held or held[identity]["seq"] < told["seq"]:
                held[identity] = told
        assert held == whole, f"the snapshot at {seq}"


async def test_4_1_a_page_and_its_position_are_of_one_moment(
    server: Server, client: httpx.AsyncClient, cast: Cast
) -> None:
    async with a_busy_thread(cast) as post:
        address = f"/posts/{post}/a-thread-to-write-in"
        pages = [(await client.get(address)).text for _ in range(60)]
    events = await all_events(post)
    seqs = [int(found(r'<live-thread[^>]*\bdata-seq="(\d+)"', page)) for page in pages]
    assert len(set(seqs)) > 10, "the thread moved while it was read"
    for seq, page in zip(seqs, pages, strict=True):
        on_page = {int(number): int(own) for number, own in re.findall(COMMENT, page)}
        assert on_page == {identity: told["seq"] for identity, told in told_by(events[:seq]).items()}


async def test_4_1_the_front_page_and_its_position_are_of_one_moment(
    server: Server, client: httpx.AsyncClient, cast: Cast
) -> None:
    start = await tip("posts")

    async def publish_on() -> None:
        while True:
            post = await open_thread(cast.alice)
            if post % 3 == 0:
                await remove_post(cast.alice.viewer, post)

    publishing = asyncio.create_task(publish_on())
    pages = [(await client.get("/?sort=recent")).text for _ in range(60)]
    assert not publishing.done()
    publishing.cancel()
    await asyncio.gather(publishing, return_exceptions=True)
    rows = await DB.fetch(
        "SELECT seq, kind, split_part(subject, ':', 2)::bigint AS id FROM told WHERE channel = 'posts' ORDER BY seq"
    )
    assert len({found(FRONT, page) for page in pages}) > 10, "the front page moved while it was read"
    for page in pages:
        upto = [row for row in rows if start < row["seq"] <= int(found(FRONT, page))]
        gone = {row["id"] for row in upto if row["kind"] == "post.removed"}
        standing = [row["id"] for row in upto if row["kind"] == "post.created" and row["id"] not in gone]
        assert [int(number) for number in re.findall(r'data-post="(\d+)"', page)] == standing[::-1][:20]


POSTS_TOLD = """
SELECT seq, kind, split_part(subject, ':', 2)::bigint AS id FROM told WHERE channel = 'posts' ORDER BY seq
"""
FRONT = r'<live-posts[^>]*\bdata-seq="(\d+)"'
COMMENT = r'<li class="comment[^>]*\bdata-comment="(\d+)"[^>]*\bdata-seq="(\d+)"'


def found(pattern: str, text: str) -> str:
    match = re.search(pattern, text, re.DOTALL)
    assert match is not None, pattern
    return match[1]


async def longer_than(post: int, seq: int) -> bool:
    return len(await all_events(post)) > seq


async def take_snapshot(client: httpx.AsyncClient, post: int) -> tuple[int, list[dict[str, Any]]]:
    answer = (await client.get(f"/api/v1/posts/{post}/comments", params={"limit": 100})).json()
    return answer["meta"]["seq"], answer["data"]


async def take_snapshot_in_pages(
    client: httpx.AsyncClient, post: int, limit: int
) -> tuple[int, list[dict[str, Any]]]:
    """All pages, and the position of the first."""
    after, comments, seq = 0, [], None
    while after is not None:
        answer = await client.get(f"/api/v1/posts/{post}/comments", params={"limit": limit, "after": after})
        meta = answer.json()["meta"]
        comments += answer.json()["data"]
        seq = meta["seq"] if seq is None else seq
        after = meta["next_after"]
    return seq or 0, comments


async def all_events(post: int) -> list[dict[str, Any]]:
    """What the log told, one after the other, before a removal blanked it."""
    rows = await DB.fetch("SELECT data FROM told WHERE channel = $1 ORDER BY seq", f"post:{post}")
    return [msgspec.json.decode(row["data"]) for row in rows]


def told_by(events: list[dict[str, Any]]) -> dict[int, dict[str, Any]]:
    """Each comment as its last event told it."""
    return {event["id"]: shown(event) for event in events}


def shown(comment: dict[str, Any]) -> dict[str, Any]:
    return {name: comment[name] for name in SHOWN}
