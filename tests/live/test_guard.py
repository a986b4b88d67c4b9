"""LIVE.md 3.9 and 4.7 in one process: what is looked up, in which order, and what happens when nothing can be."""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from typing import Any

import pytest

from app.accounts.administration import MemberChange, change_member
from app.accounts.door import Door
from app.accounts.sessions import close_session
from app.accounts.viewer import ANONYMOUS, Viewer
from app.database.engine import DB
from app.database.transaction import transaction
from app.live import broker, channels, log
from app.live.access import CHANNEL, revoke
from app.live.guard import Guard
from app.live.hub import Hub
from app.live.standings import Standing
from app.posts.removing import remove_post, restore_post
from tests.cast import Cast
from tests.live.guarded import Guarded, connected, looked_at_nobody
from tests.saying import change_epoch, prune, say_silently, tip
from tests.waiting import eventually
from tests.writers import open_thread

Renewed = Callable[[Door, Collection[str]], Awaitable[dict[str, Viewer]]]


@pytest.fixture
async def post(cast: Cast) -> int:
    return await open_thread(cast.alice)


def looks(queries: list[str]) -> int:
    """Statements that look at who may still be here."""
    return len([sql for sql in queries if "FROM sessions" in sql or "posts.removed_at" in sql])


async def ended(connection: Guarded) -> tuple[int, str]:
    answer: tuple[int, str] = await eventually(lambda: connection.ended, "the connection is ended", 4)
    return answer


async def test_4_7_many_readers_of_a_removed_post_are_looked_at_with_one_statement(
    hub: Hub, guard: Guard, cast: Cast, post: int, queries: list[str]
) -> None:
    name = f"post:{post}"
    readers = [await connected(hub, viewer, name) for viewer in (ANONYMOUS, cast.bob.viewer) * 100]
    alice = await connected(hub, cast.alice.viewer, name)
    before = looks(queries)
    await remove_post(cast.alice.viewer, post)
    await eventually(lambda: all(reader.lost for reader in readers), "everybody has left")
    assert looks(queries) == before + 1
    assert all(reader.lost == {name: "removed"} for reader in readers)
    assert not alice.lost
    assert hub._feeds[name].subscriptions == {alice.subscriptions[name]}


async def test_4_7_many_connections_of_one_member_are_looked_at_with_one_statement(
    hub: Hub, guard: Guard, cast: Cast, queries: list[str]
) -> None:
    tabs = [await connected(hub, cast.alice.viewer, "posts") for _ in range(50)]
    bob = await connected(hub, cast.bob.viewer, "posts")
    before = looks(queries)
    await close_session(cast.alice.token)
    for tab in tabs:
        assert await ended(tab) == (4401, "signed_out")
    assert looks(queries) == before + 2, "the sign-out itself is one of them"
    assert bob.ended is None


async def test_4_7_a_session_that_stands_is_left_alone(hub: Hub, guard: Guard, cast: Cast) -> None:
    alice, bob = await connected(hub, cast.alice.viewer), await connected(hub, cast.bob.viewer)
    async with transaction() as change:
        await revoke(change, f"session:{cast.alice.session_id}")
    await close_session(cast.bob.token)
    assert await ended(bob) == (4401, "signed_out")
    assert alice.ended is None


async def test_4_7_a_member_who_is_gone_is_signed_out(hub: Hub, guard: Guard, cast: Cast) -> None:
    alice = await connected(hub, cast.alice.viewer)
    async with transaction() as change:
        await DB.fetch("DELETE FROM users WHERE id = $1", cast.alice.id)
        await revoke(change, f"user:{cast.alice.id}")
    assert await ended(alice) == (4401, "signed_out")


async def test_4_7_a_new_name_and_role_are_the_connections_from_then_on(
    hub: Hub, guard: Guard, cast: Cast
) -> None:
    bob = await connected(hub, cast.bob.viewer, "posts")
    await DB.fetch('UPDATE profiles SET display_name = $2 WHERE "user" = $1', cast.bob.id, "Robert")
    await change_member(cast.ada.viewer, cast.bob.id, MemberChange(role="moderator"))
    await eventually(lambda: bob.viewer.role == "moderator", "he is a moderator here")
    assert bob.viewer.name == "Robert"
    assert not bob.lost


async def during(
    monkeypatch: pytest.MonkeyPatch, hub: Hub, revoking: Callable[[], Awaitable[object]]
) -> None:
    """Have something revoked, and heard of, between the next look at access and what follows from it."""
    may_subscribe = channels.may_subscribe

    async def overtaken(viewer: Viewer, channel: str) -> Standing | None:
        monkeypatch.setattr("app.live.hub.may_subscribe", may_subscribe)
        found, turn = await may_subscribe(viewer, channel), hub.doubts.turn
        await revoking()
        await eventually(lambda: hub.doubts.turn != turn, "it was heard of")
        await asyncio.sleep(0.05)
        return found

    monkeypatch.setattr("app.live.hub.may_subscribe", overtaken)


async def test_4_2_a_removal_while_somebody_subscribes_is_not_missed(
    hub: Hub, guard: Guard, cast: Cast, post: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    await during(monkeypatch, hub, lambda: remove_post(cast.alice.viewer, post))
    late = await connected(hub, ANONYMOUS, f"post:{post}")
    assert late.reader.of_type("subscribed")
    await eventually(lambda: late.lost == {f"post:{post}": "removed"}, "the late one had to leave")


async def test_4_2_a_new_role_while_somebody_subscribes_is_not_missed(
    hub: Hub, guard: Guard, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    demoted = MemberChange(role="member")
    await during(monkeypatch, hub, lambda: change_member(cast.ada.viewer, cast.mona.id, demoted))
    mona = await connected(hub, cast.mona.viewer, "moderation")
    assert mona.reader.of_type("subscribed")
    await eventually(lambda: mona.lost == {"moderation": "access"}, "she had to leave")


class Amid(Door):
    """A door at which something happens while it is asked."""

    def __init__(self) -> None:
        self.happens: Callable[[], Awaitable[object]] | None = None

    async def renewed(self, credentials: Collection[str]) -> dict[str, Viewer]:
        happens, self.happens = self.happens, None
        if happens is not None:
            await happens()
        return await super().renewed(credentials)


async def test_4_2_subscribing_as_who_one_was_until_a_moment_ago_is_not_missed(
    hub: Hub, publisher: broker.Publisher, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It begins after the revocation was heard of, and ends after the one who asks was replaced."""
    door, began, tasks, may_subscribe = Amid(), asyncio.Event(), [], channels.may_subscribe
    guard = Guard(hub, door)
    await guard.start()
    await looked_at_nobody(hub)
    mona = await connected(hub, cast.mona.viewer)

    async def slow(viewer: Viewer, channel: str) -> Standing | None:
        found = await may_subscribe(viewer, channel)
        began.set()
        await eventually(lambda: mona.viewer.role == "member", "she is a member here")
        await asyncio.sleep(0.05)
        return found

    async def subscribe() -> None:
        tasks.append(asyncio.create_task(mona.subscribe("moderation")))
        await began.wait()

    monkeypatch.setattr("app.live.hub.may_subscribe", slow)
    door.happens = subscribe
    await change_member(cast.ada.viewer, cast.mona.id, MemberChange(role="member"))
    await eventually(lambda: mona.lost == {"moderation": "access"}, "she had to leave")
    assert mona.reader.of_type("subscribed")
    await asyncio.gather(*tasks)
    await guard.stop()


async def test_4_7_what_was_revoked_before_pruning_or_a_restore_is_found_by_looking_at_all(
    hub: Hub, guard: Guard, cast: Cast, post: int
) -> None:
    """The events of `access` are gone; the rows are what counts."""
    name = f"post:{post}"
    alice, bob = await connected(hub, cast.alice.viewer), await connected(hub, cast.bob.viewer, name)
    await DB.fetch("DELETE FROM sessions WHERE id = $1", cast.alice.session_id)
    await DB.fetch("UPDATE posts SET removed_at = now(), removed_by = 'author' WHERE id = $1", post)
    await change_epoch()
    assert await ended(alice) == (4401, "signed_out")
    await eventually(lambda: bob.lost == {name: "removed"}, "he had to leave")
    assert bob.ended is None


async def test_3_7_a_pruned_access_channel_is_read_on_from_where_it_stands(
    hub: Hub, guard: Guard, cast: Cast
) -> None:
    bob = await connected(hub, cast.bob.viewer)
    for number in range(5):
        async with transaction() as change:
            await revoke(change, f"user:{10**6 + number}")
    await prune(CHANNEL, await tip(CHANNEL) - 1)
    await close_session(cast.bob.token)
    assert await ended(bob) == (4401, "signed_out")


async def test_3_4_an_event_that_was_blanked_has_everybody_looked_at(
    hub: Hub, guard: Guard, cast: Cast
) -> None:
    alice = await connected(hub, cast.alice.viewer)
    await DB.fetch("DELETE FROM sessions WHERE id = $1", cast.alice.session_id)
    await say_silently(CHANNEL, 1)
    await DB.fetch("UPDATE events SET data = NULL WHERE channel = $1", CHANNEL)
    assert await ended(alice) == (4401, "signed_out")


class Failing(Door):
    """A door behind which PostgreSQL does not answer, for a while or at all."""

    def __init__(self, failures: int = 10**9, error: type[Exception] = ConnectionError) -> None:
        self._left = failures
        self._error = error

    async def renewed(self, credentials: Collection[str]) -> dict[str, Viewer]:
        self._left -= 1
        if self._left >= 0:
            raise self._error
        return await super().renewed(credentials)


class Hanging(Door):
    """One behind which it keeps the connection and says nothing, not even to who gives up."""

    async def renewed(self, credentials: Collection[str]) -> dict[str, Viewer]:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(3)
        return {}


async def signed_out_behind(door: Door, hub: Hub, cast: Cast) -> tuple[Any, Any]:
    """How alice's connection ends after she has signed out, and bob's, if it does."""
    running = Guard(hub, door)
    await running.start()
    await looked_at_nobody(hub)
    alice, bob = await connected(hub, cast.alice.viewer), await connected(hub, cast.bob.viewer)
    await close_session(cast.alice.token)
    how = await ended(alice)
    await running.stop()
    return how, bob.ended


@pytest.mark.parametrize("door", [Failing(), Failing(error=ValueError), Hanging()], ids=repr)
async def test_4_7_while_postgresql_does_not_answer_nobody_is_told_to_stay_away(
    hub: Hub, publisher: broker.Publisher, cast: Cast, door: Door
) -> None:
    """1012 says come back; 4401 is for a definite answer."""
    assert await signed_out_behind(door, hub, cast) == ((1012, "unavailable"), None)


async def test_4_7_an_answer_in_time_is_a_definite_one(
    hub: Hub, publisher: broker.Publisher, cast: Cast
) -> None:
    assert await signed_out_behind(Failing(failures=2), hub, cast) == ((4401, "signed_out"), None)


async def test_4_7_a_guard_that_stumbles_stands_up_again(
    hub: Hub, guard: Guard, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever breaks its place in the channel, it begins again and looks at everybody."""
    monkeypatch.setattr("app.live.guard.AGAIN_SECONDS", 0.05)
    alice = await connected(hub, cast.alice.viewer)
    history = hub._feeds[CHANNEL].history

    async def broken(after: int) -> log.History:
        monkeypatch.setattr(hub._feeds[CHANNEL], "history", history)
        raise ValueError("none of the errors that anyone thought of")

    monkeypatch.setattr(hub._feeds[CHANNEL], "history", broken)
    await DB.fetch("DELETE FROM sessions WHERE id = $1", cast.alice.session_id)
    hub._feeds[CHANNEL].restart(hub.epoch)
    assert await ended(alice) == (4401, "signed_out")


async def test_4_7_a_removed_posts_channel_is_private_until_it_is_restored(
    hub: Hub, guard: Guard, cast: Cast, post: int
) -> None:
    """What a blind process must end is what not everybody may read."""
    name = f"post:{post}"
    await connected(hub, cast.alice.viewer, name, "posts")
    feed = hub._feeds[name]
    assert (feed.public, hub._feeds["posts"].public) == (True, True)
    await remove_post(cast.alice.viewer, post)
    await eventually(lambda: not feed.public, "it is private")
    await restore_post(cast.alice.viewer, post)
    await eventually(lambda: feed.public, "it is public")
