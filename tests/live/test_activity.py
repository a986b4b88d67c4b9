"""`activity` on `posts`: how many comments a post has, at most once a second, told from the commit point."""

import asyncio

import pytest

from app.comments.removing import remove_comment, restore_comment
from app.comments.schemas import CommentChange
from app.comments.services import edit_comment
from app.database.engine import DB
from app.live import broker
from app.live.activity import Count, Gathering, Pace
from app.live.hub import Hub
from tests.cast import Cast
from tests.live.listening import Listening, subscribed
from tests.serving import Server
from tests.waiting import eventually
from tests.writers import open_thread, write, write_at_once


@pytest.fixture
def told() -> list[int]:
    return []


@pytest.fixture
def pace(told: list[int], monkeypatch: pytest.MonkeyPatch) -> Pace:
    monkeypatch.setattr("app.live.activity.EVERY_SECONDS", 0.1)
    return Pace(lambda count: told.append(count.comments_count))


async def test_the_first_is_told_at_once_and_then_the_newest_of_each_second(
    pace: Pace, told: list[int]
) -> None:
    for number in range(1, 11):
        pace.hear(Count(1, number, number))
    assert told == [1]
    await eventually(lambda: told == [1, 10], "the newest")
    pace.hear(Count(2, 1, 100))
    assert told == [1, 10, 100], "another post does not wait for it"


async def test_what_comes_late_is_not_told(pace: Pace, told: list[int]) -> None:
    for seq in (5, 4, 7, 6):
        pace.hear(Count(1, seq, seq))
    await eventually(lambda: told == [5, 7], "the newest")


async def test_a_pace_forgets_posts_that_are_quiet(pace: Pace, told: list[int]) -> None:
    for post in range(100):
        pace.hear(Count(post, 1, 1))
    await eventually(lambda: not pace._told and not pace._waiting, "nothing is kept")
    pace.hear(Count(1, 2, 2))
    assert told[-1] == 2


async def test_many_threads_are_told_together_and_the_newest_of_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.live.activity.GATHER_SECONDS", 0.05)
    told: list[list[Count]] = []
    gathering = Gathering(told.append)
    gathering.hear(Count(1, 1, 1))
    assert told == [[Count(1, 1, 1)]], "the first waits for nobody"
    for count in (Count(2, 1, 1), Count(1, 3, 3), Count(1, 2, 2)):
        gathering.hear(count)
    await eventually(lambda: told[1:] == [[Count(2, 1, 1), Count(1, 3, 3)]], "the others come together")
    gathering.hear(Count(3, 1, 1))
    await eventually(lambda: told[2:] == [[Count(3, 1, 1)]], "and it goes on")


def counted(reader: Listening, post: int) -> list[int]:
    return [frame["comments_count"] for frame in reader.of_type("activity") if frame["post"] == post]


async def test_comments_that_come_and_go_are_told_on_posts_and_nowhere_else(
    hub: Hub, publisher: broker.Publisher, cast: Cast
) -> None:
    post = await open_thread(cast.alice)
    front, _ = await subscribed(hub, "posts")
    thread, _ = await subscribed(hub, f"post:{post}")
    comment = await write(cast.bob, post, "Hello")
    await eventually(lambda: counted(front, post) == [1], "it came")
    await edit_comment(cast.bob.viewer, comment, CommentChange(body="Hello again"))
    await remove_comment(cast.bob.viewer, comment)
    await eventually(lambda: counted(front, post) == [1, 0], "it went")
    await restore_comment(cast.bob.viewer, comment)
    await eventually(lambda: counted(front, post) == [1, 0, 1], "it is back")
    assert front.of_type("activity")[0] == {"type": "activity", "post": post, "comments_count": 1}
    assert not thread.of_type("activity")


async def test_many_comments_from_several_processes_are_told_as_one_or_two(
    hub: Hub, publisher: broker.Publisher, cast: Cast, server: Server
) -> None:
    post = await open_thread(cast.alice)
    front, _ = await subscribed(hub, "posts")
    async with server.client(cast.alice.token) as client:
        await asyncio.gather(
            write_at_once([cast.alice, cast.bob], post, writers=4, each=10),
            *(client.post(f"/api/v1/posts/{post}/comments", json={"body": f"{n}"}) for n in range(10)),
        )
    written = (await DB.fetch("SELECT comments_count FROM posts WHERE id = $1", post))[0][0]
    await eventually(lambda: counted(front, post)[-1:] == [written], "the newest")
    assert len(counted(front, post)) < written / 4


async def test_of_a_removed_post_nothing_is_told(hub: Hub, publisher: broker.Publisher, cast: Cast) -> None:
    gone, there = await open_thread(cast.alice), await open_thread(cast.alice)
    front, _ = await subscribed(hub, "posts")
    comment = await write(cast.alice, gone, "Hello")
    await eventually(lambda: counted(front, gone) == [1], "it came")
    await DB.fetch("UPDATE posts SET removed_at = now(), removed_by = 'author' WHERE id = $1", gone)
    await remove_comment(cast.alice.viewer, comment)
    await write(cast.alice, there, "Hello")
    await eventually(lambda: counted(front, there) == [1], "another one is told")
    assert counted(front, gone) == [1]


async def test_a_comment_costs_no_statement_for_it(cast: Cast, queries: list[str]) -> None:
    post = await open_thread(cast.alice)
    queries.clear()
    await write(cast.alice, post, "Hello")
    assert len(queries) == 1


async def test_what_is_not_committed_is_not_told(
    hub: Hub, publisher: broker.Publisher, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = await open_thread(cast.alice)
    front, _ = await subscribed(hub, "posts")
    comment = await write(cast.alice, post, "Hello")
    await eventually(lambda: counted(front, post) == [1], "it came")

    async def fail(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("app.comments.removing.recount_soon", fail)
    with pytest.raises(RuntimeError):
        await remove_comment(cast.alice.viewer, comment)
    monkeypatch.undo()
    await write(cast.alice, post, "Hello again")
    await eventually(lambda: counted(front, post) == [1, 2], "the next one is told")
