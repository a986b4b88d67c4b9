"""The hub keeps its readers at the tip, whatever comes late, twice, in another order or not at all."""

import asyncio
from contextlib import suppress
from time import monotonic

import msgspec
import pytest

from app.accounts.viewer import ANONYMOUS, Viewer
from app.database.engine import DB, Engine
from app.database.redis import connect
from app.live import broker, frames, log
from app.live.channels import may_subscribe
from app.live.hub import Hub, NotReadable
from app.live.reader import Batch
from app.live.standings import Standing
from tests.live.listening import Listening, subscribed
from tests.saying import change_epoch, prune, say, say_silently, tip
from tests.waiting import eventually


async def test_readers_hear_each_event_once_and_in_order(
    hub: Hub, publisher: broker.Publisher, channel: str
) -> None:
    readers = [(await subscribed(hub, channel))[0] for _ in range(3)]
    said = [await say(channel) for _ in range(20)]
    for reader in readers:
        await reader.hears(said)
        assert not reader.of_type("events")


async def test_with_redis_an_event_comes_before_the_next_look_at_the_tips(
    hub: Hub, publisher: broker.Publisher, channel: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.live.hub.LOOK_SECONDS", 60)
    reader, _ = await subscribed(hub, channel)
    started = monotonic()
    await reader.hears([await say(channel)])
    assert monotonic() - started < 1


async def test_4_4_without_redis_an_event_comes_within_two_seconds(hub: Hub, channel: str) -> None:
    reader, _ = await subscribed(hub, channel)
    last = await say_silently(channel, 3)
    await reader.hears([last - 2, last - 1, last], patience=2)


async def test_4_2_one_who_is_ahead_of_the_hub_waits_and_misses_nothing(hub: Hub, channel: str) -> None:
    first, _ = await subscribed(hub, channel)
    await say_silently(channel, 5)
    ahead, _ = await subscribed(hub, channel)
    assert ahead.frames[0]["seq"] == 5
    await say_silently(channel, 2)
    await ahead.hears([6, 7])
    await first.hears([1, 2, 3, 4, 5, 6, 7])


async def test_4_2_the_reader_is_registered_before_its_history_is_read(
    hub: Hub, channel: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is published between the read and the answer is not lost."""

    async def overtaken(viewer: Viewer, name: str) -> Standing | None:
        standing = await may_subscribe(viewer, name)
        await publish_one(channel)
        return standing

    monkeypatch.setattr("app.live.hub.LOOK_SECONDS", 60)
    monkeypatch.setattr("app.live.hub.may_subscribe", overtaken)
    reader, _ = await subscribed(hub, channel)
    await reader.hears([1])


async def publish_one(channel: str) -> None:
    """Commit one event and publish it, and wait until the hub's connection has had the time to hear it."""
    seq = await say_silently(channel, 1)
    history = await log.read(channel, seq - 1, 1)
    assert history is not None
    item = history.items[0]
    message = log.Message(channel, history.epoch, seq, framed(channel, item.seq))
    redis = connect()
    assert await redis.publish(broker.PREFIX + channel, broker.pack(message)) == 1
    await redis.aclose()
    await asyncio.sleep(0.1)


def framed(channel: str, seq: int, kind: str = "post.updated") -> bytes:
    return msgspec.json.encode(log.Frame(channel, seq, kind, "", msgspec.Raw(b"{}")))


async def test_4_3_a_hole_is_read_from_postgresql(
    hub: Hub, channel: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.live.hub.LOOK_SECONDS", 60)
    reader, _ = await subscribed(hub, channel)
    await say_silently(channel, 2)
    await publish_one(channel)
    await reader.hears([1, 2, 3], patience=2)


async def test_4_3_events_that_cross_or_come_twice_are_put_in_order(
    hub: Hub, channel: str, queries: list[str]
) -> None:
    reader, subscription = await subscribed(hub, channel)
    await eventually(lambda: subscription in subscription.feed.hot, "the reader is at the tip")
    for seq in (2, 1, 1, 2, 4, 3, 3):
        subscription.feed.hear(seq, framed(channel, seq))
    await reader.hears([1, 2, 3, 4])
    assert not reads_of_the_log(queries)


async def test_4_3_one_read_fills_a_hole_for_all_readers(hub: Hub, channel: str, queries: list[str]) -> None:
    readers = [(await subscribed(hub, channel))[0] for _ in range(10)]
    await say_silently(channel, 3)
    for reader in readers:
        await reader.hears([1, 2, 3])
    assert len(reads_of_the_log(queries)) == 1


async def test_4_3_a_read_that_events_overtook_sends_nobody_to_a_new_snapshot(
    hub: Hub, channel: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, subscription = await subscribed(hub, channel)
    feed = subscription.feed
    await eventually(lambda: subscription in feed.hot, "the reader is at the tip")

    async def overtaken(name: str, after: int, limit: int) -> log.History | None:
        history = await read(name, after, limit)
        for seq in (1, 2, 3):
            feed.hear(seq, framed(channel, seq))
        await eventually(lambda: feed.last == 3, "they have been written")
        return history

    read = log.read
    monkeypatch.setattr("app.live.log.read", overtaken)
    assert await feed.fill()
    assert (feed.last, subscription.position) == (3, 3)
    await reader.hears([1, 2, 3])


async def test_those_who_come_back_together_share_one_read(
    hub: Hub, channel: str, queries: list[str]
) -> None:
    last = await say_silently(channel, 700)
    came = await asyncio.gather(*(subscribed(hub, channel, after=300) for _ in range(50)))
    for reader, _ in came:
        await reader.hears(list(range(301, last + 1)))
        assert [page["more"] for page in reader.of_type("events")] == [False]
    assert len(reads_of_the_log(queries)) == 1
    assert len([sql for sql in queries if "starts_with" in sql]) <= 3, (
        "who may read is asked for many at once"
    )


async def test_4_5_a_reader_a_little_behind_is_fed_from_memory(
    hub: Hub, publisher: broker.Publisher, channel: str, queries: list[str]
) -> None:
    reader, _ = await subscribed(hub, channel)
    quick, _ = await subscribed(hub, channel)
    reader.fill_up()
    said = [await say(channel) for _ in range(5)]
    await quick.hears(said)
    reader.drain()
    await reader.hears(said)
    back, _ = await subscribed(hub, channel, after=2)
    await back.hears([3, 4, 5])
    assert not reads_of_the_log(queries)


@pytest.mark.parametrize("kind", ["comment.removed", "post.removed", "notification.read"])
async def test_3_4_a_removal_empties_the_memory_for_those_who_come_later(
    hub: Hub, channel: str, queries: list[str], kind: str
) -> None:
    """What was said before it is read from the log, where it is blank."""
    reader, subscription = await subscribed(hub, channel)
    last = await say_silently(channel, 3)
    await reader.hears([1, 2, 3])
    subscription.feed.hear(last + 1, framed(channel, last + 1, kind))
    await reader.hears([1, 2, 3, 4])
    assert subscription.feed.remembered(0) is None
    assert [item.event for item in subscription.feed.remembered(last) or []] == [kind]


async def test_3_4_what_was_read_before_a_removal_is_not_kept_after_it(
    hub: Hub, channel: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, subscription = await subscribed(hub, channel)
    await say_silently(channel, 3)
    await reader.hears([1, 2, 3])
    subscription.feed._forget()
    read = log.read

    async def overtaken(name: str, after: int, limit: int) -> log.History | None:
        history = await read(name, after, limit)
        subscription.feed.hear(4, framed(channel, 4, "comment.removed"))
        await reader.hears([1, 2, 3, 4])
        return history

    monkeypatch.setattr(log, "read", overtaken)
    assert len((await subscription.feed.history(0)).items) == 3
    assert subscription.feed.remembered(0) is None


def reads_of_the_log(queries: list[str]) -> list[str]:
    return [sql for sql in queries if "LATERAL" in sql]


async def test_a_tip_seen_before_the_first_read_is_not_forgotten(hub: Hub, channel: str) -> None:
    """The look at the tips may be newer than the read that a feed begins with, and does not come again."""
    feed = hub._open(channel)
    await say_silently(channel, 2)
    feed.moved_to(2)
    feed.begin(0)
    await eventually(lambda: feed.last == 2, "the feed has read what the tips told it")


async def test_a_channel_that_comes_while_the_tips_are_read_is_compared_again(
    hub: Hub, channel: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its first read may be older than the look, which did not ask for it."""
    stand, readers = log.stand, []

    async def late(channels: set[str]) -> log.Tips:
        monkeypatch.setattr(log, "stand", stand)
        asked = set(channels)
        readers.append((await subscribed(hub, channel))[0])
        await say_silently(channel, 1)
        return await stand(asked)

    monkeypatch.setattr(log, "stand", late)
    hub._look_again()
    await eventually(lambda: readers, "the reader came while the hub looked")
    await readers[0].hears([1], patience=4)


async def test_an_event_of_a_transaction_that_was_open_during_a_look_is_seen_by_the_next(
    hub: Hub, database: Engine, channel: str
) -> None:
    """LIVE.md 4.4: the next look starts at what was still running, not at what was newest."""
    reader, _ = await subscribed(hub, channel)
    async with database.transaction():
        await database.fetch("SELECT pg_current_xact_id()")
        assert await asyncio.create_task(_apart("posts"))
        looked = hub.checked_at
        await eventually(lambda: hub.checked_at > looked + 1.5, "the hub looked twice")
        await say_silently(channel, 1)
    await reader.hears([1], patience=3)


async def _apart(channel: str) -> int:
    """In a task of its own, which must not be taken for part of the transaction that started it."""
    DB.current_transaction.set(None)
    return await say_silently(channel, 1)


async def test_4_4_a_failed_look_is_followed_by_a_full_comparison(
    hub: Hub, channel: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, _ = await subscribed(hub, channel)
    tips = log.tips

    async def break_once(_horizon: str) -> log.Tips:
        monkeypatch.setattr(log, "tips", tips)
        await say_silently(channel, 1)
        raise ValueError("none of the errors that anyone thought of")

    monkeypatch.setattr(log, "tips", break_once)
    await reader.hears([1], patience=4)
    looked = hub.checked_at
    await eventually(lambda: hub.checked_at > looked, "the hub goes on looking")


async def test_4_5_a_full_reader_holds_nobody_up_and_misses_nothing(
    hub: Hub, publisher: broker.Publisher, channel: str
) -> None:
    slow, _ = await subscribed(hub, channel)
    quick, _ = await subscribed(hub, channel)
    first = [await say(channel) for _ in range(3)]
    await slow.hears(first)
    slow.fill_up()
    more = [await say(channel) for _ in range(700)]
    await quick.hears(first + more)
    assert slow.seqs() == first
    slow.drain()
    await slow.hears(first + more)
    assert [len(page["events"]) for page in slow.of_type("events")] == [500, 200]
    last = await say(channel)
    await slow.hears([*first, *more, last])


class Breaking(Listening):
    """Takes what it is answered, and nothing after it."""

    def write(self, batch: Batch) -> None:
        if self.frames:
            raise RuntimeError("the handler is closed")
        super().write(batch)


async def test_4_3_one_who_cannot_be_written_to_keeps_nobody_from_the_event(
    hub: Hub, publisher: broker.Publisher, channel: str
) -> None:
    first, _ = await subscribed(hub, channel)
    breaking = Breaking()
    await hub.subscribe(breaking, ANONYMOUS, frames.Subscribe(1, channel))
    last, _ = await subscribed(hub, channel)
    said = [await say(channel) for _ in range(2)]
    await first.hears(said)
    await last.hears(said)
    assert breaking.broken
    assert hub._feeds[channel].last == said[-1]


async def test_4_5_being_full_again_while_catching_up_loses_nothing(hub: Hub, channel: str) -> None:
    reader, _ = await subscribed(hub, channel)
    reader.fill_up()
    await say_silently(channel, 1200)
    write = reader.write

    def full_after_each_page(batch: object) -> None:
        write(batch)  # type: ignore[arg-type]
        reader.fill_up()
        asyncio.get_running_loop().call_later(0.01, reader.drain)

    reader.write = full_after_each_page  # type: ignore[method-assign]
    reader.drain()
    await reader.hears(list(range(1, 1201)))


async def test_3_6_a_change_of_epoch_sends_all_readers_to_a_new_snapshot(
    hub: Hub, publisher: broker.Publisher, channel: str
) -> None:
    reader, _ = await subscribed(hub, channel)
    await reader.hears([await say(channel)])
    before = hub.epoch
    await change_epoch()
    resync = await eventually(lambda: reader.of_type("resync"), "a resync", patience=4)
    assert resync[0]["reason"] == "epoch"
    assert resync[0]["epoch"] != before
    assert resync[0]["seq"] == 1
    await say(channel)
    await reader.hears([1, 2])


async def test_pruning_under_a_slow_reader_is_a_resync(hub: Hub, channel: str) -> None:
    reader, subscription = await subscribed(hub, channel)
    quick, _ = await subscribed(hub, channel)
    reader.fill_up()
    await say_silently(channel, 10)
    await quick.hears(list(range(1, 11)))
    await prune(channel, 5)
    subscription.feed._forget()
    reader.drain()
    resync = await eventually(lambda: reader.of_type("resync"), "a resync")
    assert (resync[0]["reason"], resync[0]["seq"]) == ("pruned", 10)
    await say_silently(channel, 1)
    await reader.hears([11])


async def test_falling_too_far_behind_is_a_resync(hub: Hub, channel: str) -> None:
    reader, _ = await subscribed(hub, channel)
    quick, _ = await subscribed(hub, channel)
    reader.fill_up()
    last = await say_silently(channel, 5001)
    await quick.hears(list(range(1, 5002)))
    reader.drain()
    resync = await eventually(lambda: reader.of_type("resync"), "a resync")
    assert (resync[0]["reason"], resync[0]["seq"]) == ("too_far", last)
    assert reader.seqs() == []


@pytest.mark.parametrize(
    "name", ["", "post:", "post:0", "post:-1", "post:1 ", "user:x", "x" * 9999, "post:1\n", "a\0"]
)
async def test_a_name_that_is_no_channel_never_reaches_redis(hub: Hub, channel: str, name: str) -> None:
    with pytest.raises(NotReadable):
        await hub.subscribe(Listening(), ANONYMOUS, frames.Subscribe(1, name))
    assert name not in hub._feeds
    assert name not in hub.listener._wanted
    assert (await subscribed(hub, channel))[0].of_type("subscribed")


async def test_a_message_that_is_none_of_ours_does_not_deafen_the_hub(
    hub: Hub, publisher: broker.Publisher, channel: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, _ = await subscribed(hub, channel)
    redis = connect()
    assert await redis.publish(broker.PREFIX + channel, "junk") == 1
    await eventually(lambda: not hub.listener.connected, "the listener stumbles")
    await eventually(lambda: hub.listener.connected, "the listener stands up again")
    monkeypatch.setattr("app.live.hub.LOOK_SECONDS", 60)
    await redis.aclose()
    await reader.hears([await say(channel)])


async def test_a_channel_without_readers_is_forgotten(
    hub: Hub, channel: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.live.hub.LINGER_SECONDS", 0.05)
    _, subscription = await subscribed(hub, channel)
    assert channel in hub._feeds
    hub.leave(subscription)
    await eventually(lambda: channel not in hub._feeds, "the feed is dropped")
    redis = connect()

    async def unheard() -> bool:
        return dict(await redis.pubsub_numsub(broker.PREFIX + channel)) == {f"hubbub:{channel}".encode(): 0}

    await eventually(unheard, "Redis was told")
    await redis.aclose()


async def test_a_reader_who_comes_back_at_once_finds_the_feed_alive(
    hub: Hub, publisher: broker.Publisher, channel: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.live.hub.LINGER_SECONDS", 0.05)
    _, subscription = await subscribed(hub, channel)
    hub.leave(subscription)
    reader, _ = await subscribed(hub, channel)
    with suppress(TimeoutError):
        await asyncio.wait_for(asyncio.Event().wait(), 0.15)
    assert channel in hub._feeds
    await reader.hears([await say(channel)])
    assert await tip(channel) == 1


async def stop_looking(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on the hub looks at the tips when it is told to."""
    monkeypatch.setattr("app.live.hub.LOOK_SECONDS", 60)
    before = hub.checked_at
    hub._look_again()
    await eventually(lambda: hub.checked_at > before, "the last look")


async def test_3_7_one_who_is_past_what_was_pruned_is_told_of_no_loss(
    hub: Hub, channel: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that has heard nothing for long reads on behind the floor; only who stood before it resyncs."""
    behind, _ = await subscribed(hub, channel)
    await stop_looking(hub, monkeypatch)
    await say_silently(channel, 10)
    await prune(channel, 8)
    ahead, _ = await subscribed(hub, channel)
    between, _ = await subscribed(hub, channel, after=8)
    await eventually(lambda: behind.of_type("resync"), "the loss is told to whom it concerns")
    await eventually(lambda: len(hub._feeds[channel].hot) == 3, "all are at the tip")
    await say_silently(channel, 1)
    hub._look_again()
    await ahead.hears([11])
    await behind.hears([11])
    await between.hears([9, 10, 11])
    assert not ahead.of_type("resync") + between.of_type("resync")


async def test_one_who_cannot_be_written_to_keeps_nobody_from_a_whisper(hub: Hub, channel: str) -> None:
    breaking = Breaking()
    await hub.subscribe(breaking, ANONYMOUS, frames.Subscribe(1, channel))
    neighbour, _ = await subscribed(hub, channel)
    hub._feeds[channel].whisper(b'{"type":"typing"}')
    assert breaking.broken
    assert neighbour.of_type("typing")
