"""The benchmark's own pieces count right: else every figure is a story."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from redis import Redis

from app.settings import settings
from bench.contenders import Contender, Running
from bench.machine import Failed
from bench.recipes import FRAME, RECIPES
from tests.waiting import eventually

READERS = 20

pytestmark = pytest.mark.skipif(shutil.which("gcc") is None, reason="the load generator is in C")


class OnTheTestsRedis:
    """What a contender wants to know of the servers."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.redis_url = settings.redis_url
        place = Redis.from_url(settings.redis_url).connection_pool.connection_kwargs
        self.redis_port, self.redis_password = place["port"], place.get("password") or "none"

    def redis(self) -> Redis:
        return Redis.from_url(self.redis_url)

    def log(self, name: str) -> Path:
        return self._folder / f"{name}.log"


@pytest.fixture
def limit(tmp_path: Path) -> Contender:
    contender = Contender(OnTheTestsRedis(tmp_path), RECIPES[0])  # type: ignore[arg-type]  # as much as it asks of it
    contender.pace = READERS * 100
    return contender


@pytest.fixture
def running(limit: Contender) -> Iterator[Running]:
    with ExitStack() as stack:
        yield stack.enter_context(limit.run())


def test_each_delivery_is_counted_once(limit: Contender, running: Running) -> None:
    with running.readers(READERS) as load:
        load.expect(30, 30)
        limit.feed.steadily(10, 200)
        limit.feed.in_bursts(10, 2, 0)
        report = load.report()
    assert report.complete
    assert (report.ready, report.failed, report.lost) == (READERS, 0, 0)
    assert report.deliveries == 30 * READERS
    assert report.bytes == 30 * READERS * len(FRAME)


def test_the_last_reader_has_an_event_after_it_was_said(limit: Contender, running: Running) -> None:
    with running.readers(READERS) as load:
        load.expect(5, 30)
        said = limit.feed.steadily(5, 100)
        report = load.report()
    assert all(at > before for at, before in zip(report.last_at, said, strict=True))
    assert report.last_at == sorted(report.last_at)


def test_an_event_that_some_do_not_get_is_not_complete(limit: Contender, running: Running) -> None:
    with running.readers(READERS) as load:
        load.expect(3, 0.3)
        limit.feed.steadily(2, 100)
        report = load.report()
    assert not report.complete
    assert report.deliveries == 2 * READERS
    assert report.last_at[2] == 0


async def test_readers_who_lose_their_server_are_missed(running: Running) -> None:
    with running.readers(READERS) as load:
        assert load.status().lost == 0
        running.process.kill()
        await eventually(lambda: load.status().lost == READERS, "the load generator sees that all are lost")


def test_nobody_gets_in_where_nobody_answers(limit: Contender, running: Running) -> None:
    running.process.kill()
    with pytest.raises(Failed, match="0 of 20 readers got in"):
        running.readers(READERS)
