"""GCRA: the script in Redis and its twin in this process, which must say the same."""

import asyncio
import random
from collections.abc import AsyncIterator

import pytest

from app.database.redis import connect
from app.web.limits.limiter import Limiter
from app.web.limits.memory import MOST, Memory
from app.web.limits.redis import Shared
from app.web.limits.ring import Rate, Ring
from tests.own_redis import OwnRedis
from tests.waiting import eventually

Pair = tuple[Limiter, Limiter]
FEW = Rate(5, 3600)
MORE = Rate(8, 86_400)


@pytest.fixture
async def shared() -> AsyncIterator[Shared]:
    client = connect()
    await client.flushdb()
    await client.aclose()
    own = Shared()
    yield own
    await own.close()


@pytest.fixture
async def limiters(redis_server: OwnRedis) -> AsyncIterator[Pair]:
    """Those of two processes, on a Redis of the test's own."""
    one, other = Limiter(redis_server.url), Limiter(redis_server.url)
    yield one, other
    await one.close()
    await other.close()


def ring(key: str = "one", rate: Rate = FEW, name: str = "test") -> Ring:
    return Ring(name, key, rate)


@pytest.mark.parametrize("text", ["100/minute", "1/second", "999999/day"])
def test_as_many_as_are_allowed_fit_into_the_period(text: str) -> None:
    rate = Rate.parse(text)
    assert rate.count * rate.interval <= rate.period


async def test_so_many_at_once_and_no_more(shared: Shared) -> None:
    answers = [await shared.take([ring()]) for _ in range(7)]
    assert [answer and answer.refused for answer in answers] == [False] * 5 + [True] * 2
    assert [answer and answer.tightest.remaining for answer in answers] == [4, 3, 2, 1, 0, 0, 0]
    assert answers[-1]
    assert 700 <= answers[-1].tightest.wait <= 720, "one more each 3600 / 5 seconds"


async def test_one_more_comes_with_time(shared: Shared) -> None:
    quick = ring(rate=Rate(2, 1))
    for _ in range(2):
        answer = await shared.take([quick])
        assert answer
        assert not answer.refused

    async def again() -> bool:
        answer = await shared.take([quick])
        return answer is not None and not answer.refused

    await eventually(again, "one is allowed again")


async def test_many_at_the_same_time_are_never_more_than_allowed(shared: Shared) -> None:
    answers = await asyncio.gather(*(shared.take([ring(rate=Rate(40, 86_400))]) for _ in range(200)))
    assert sum(answer is not None and not answer.refused for answer in answers) == 40


async def test_what_one_ring_refuses_no_other_counts(shared: Shared) -> None:
    narrow, wide = ring("narrow", Rate(1, 3600)), ring("wide", Rate(2, 3600))
    for _ in range(5):
        await shared.take([narrow, wide])
    answer = await shared.take([wide])
    assert answer
    assert not answer.refused
    answer = await shared.take([wide])
    assert answer
    assert answer.refused


async def test_what_was_given_back_can_be_taken_again_and_no_more_than_that(shared: Shared) -> None:
    for _ in range(5):
        await shared.take([ring()])
    await shared.give_back([ring()])
    answers = [await shared.take([ring()]) for _ in range(2)]
    assert [answer and answer.refused for answer in answers] == [False, True]
    for _ in range(20):
        await shared.give_back([ring("other")])
    answers = [await shared.take([ring("other")]) for _ in range(6)]
    assert [answer and answer.refused for answer in answers] == [False] * 5 + [True]


async def test_a_ring_that_is_empty_leaves_nothing_in_redis(shared: Shared) -> None:
    await shared.take([ring(rate=Rate(1000, 1))])
    client = connect()

    async def gone() -> bool:
        return not await client.exists(ring().place)

    await eventually(gone, "the key has expired")
    await client.aclose()


async def test_a_clock_that_was_set_back_shuts_nobody_out_for_longer_than_the_period(shared: Shared) -> None:
    client = connect()
    await client.set(ring().place, str(10**17))
    await client.aclose()
    answer = await shared.take([ring()])
    assert answer
    assert answer.tightest.wait <= 721


@pytest.mark.parametrize("seed", range(10))
async def test_both_say_the_same_of_any_sequence(shared: Shared, seed: int) -> None:
    dice, memory = random.Random(seed), Memory()
    both = [ring("a"), ring("b", MORE)]
    for _ in range(40):
        rings = dice.choice([both[:1], both[1:], both])
        if dice.random() < 0.3:
            await shared.give_back(rings)
            memory.give_back(rings)
            continue
        theirs, ours = await shared.take(rings), memory.take(rings)
        assert theirs is not None
        assert [s.refused for s in theirs.standings] == [s.refused for s in ours.standings]
        # Two clocks, a little apart.
        for one, other in zip(theirs.standings, ours.standings, strict=True):
            assert abs(one.debt - other.debt) < 2_000_000


def test_the_memory_stays_within_bounds_and_forgets_the_least_used_first() -> None:
    memory = Memory()
    for _ in range(5):
        memory.take([ring("hot")])
    for number in range(MOST + 10):
        memory.take([ring(f"key {number}")])
    assert len(memory._ends) <= MOST
    assert memory.take([ring("hot")]).refused


class TestWithoutRedis:
    """Redis may be killed, hung or flushed at any moment; then each process counts by itself."""

    async def test_what_was_used_up_stays_so_when_redis_dies(
        self, redis_server: OwnRedis, limiters: Pair
    ) -> None:
        limiter, _ = limiters
        for _ in range(3):
            assert not (await limiter.take([ring()])).refused
        redis_server.kill()
        answers = [await limiter.take([ring()]) for _ in range(3)]
        assert [answer.refused for answer in answers] == [False, False, True]

    async def test_one_who_was_refused_is_refused_when_redis_dies(
        self, redis_server: OwnRedis, limiters: Pair
    ) -> None:
        elsewhere, limiter = limiters
        for _ in range(5):
            await elsewhere.take([ring()])
        assert (await limiter.take([ring()])).refused
        redis_server.kill()
        assert (await limiter.take([ring()])).refused

    async def test_it_is_asked_again_when_it_is_back(self, redis_server: OwnRedis, limiters: Pair) -> None:
        one, other = limiters
        redis_server.kill()
        await one.take([ring()])
        redis_server.start()

        async def together() -> bool:
            key = ring(f"{asyncio.get_running_loop().time()}", Rate(1, 3600))
            await one.take([key])
            return (await other.take([key])).refused

        await eventually(together, "both count in the same place")

    async def test_one_that_hangs_holds_up_one_request_and_not_the_next(
        self, redis_server: OwnRedis, limiters: Pair
    ) -> None:
        limiter, _ = limiters
        await limiter.take([ring()])
        redis_server.pause()
        try:
            assert await limiter._shared.take([ring()]) is None
            # The breaker is open: no await that waits for anything.
            with pytest.raises(StopIteration):
                limiter._shared.take([ring()]).send(None)
            assert not (await limiter.take([ring()])).refused
        finally:
            redis_server.resume()

    async def test_a_redis_that_forgot_the_script_is_told_it_again(
        self, redis_server: OwnRedis, limiters: Pair
    ) -> None:
        limiter, _ = limiters
        await limiter.take([ring()])
        client = connect(url=redis_server.url)
        await client.script_flush()
        await client.aclose()
        answer = await limiter._shared.take([ring()])
        assert answer
        assert answer.tightest.remaining == 3
