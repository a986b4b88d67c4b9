"""The registry of connections: marks that follow the viewer, and limits that are counted by them."""

import pytest

from app.accounts.viewer import ANONYMOUS, Viewer
from app.live import connections
from app.live.connections import Connections, TooManyConnections
from app.live.hub import Hub
from app.settings import Settings
from tests.live.guarded import Guarded

ALICE = Viewer(id=1, username="alice", role="member", session_id=11)
BOB = Viewer(id=2, username="bob", role="member", session_id=12)


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Connections:
    monkeypatch.setattr(connections, "settings", Settings(connections_per_address=3, connections_per_user=2))
    return Connections()


HUB = Hub()


def connection(viewer: Viewer = ANONYMOUS, address: str = "192.0.2.1") -> Guarded:
    return Guarded(HUB, viewer, address)


async def test_a_connection_is_found_under_who_it_is_now(registry: Connections) -> None:
    one, other = connection(), connection(BOB)
    registry.add(one)
    registry.add(other)
    registry.identify(one, ALICE)
    assert one.viewer is ALICE
    assert tuple(registry.of("session:11")) == tuple(registry.of("user:1")) == (one,)
    assert set(registry.of("address:192.0.2.1")) == {one, other}
    registry.identify(one, BOB)
    assert not registry.of("session:11")
    assert set(registry.of("session:12")) == {one, other}


async def test_who_has_gone_leaves_nothing_behind(registry: Connections) -> None:
    one, never_in = connection(ALICE), connection()
    registry.add(one)
    for gone in (one, one, never_in):
        registry.discard(gone)
    assert not registry.of("user:1")
    assert not registry._marked
    assert len(registry) == len(list(registry)) == 0


async def test_4409_an_address_has_so_many_and_no_more(registry: Connections) -> None:
    held = [connection() for _ in range(3)]
    for one in held:
        registry.add(one)
    late = connection()
    with pytest.raises(TooManyConnections):
        registry.add(late)
    assert len(registry) == 3
    registry.add(connection(address="192.0.2.2"))
    registry.discard(held[0])
    registry.add(late)


async def test_4409_a_member_has_so_many_and_no_more_whoever_they_were_before(registry: Connections) -> None:
    for number in range(2):
        registry.add(connection(ALICE, f"192.0.2.{number}"))
    one = connection(address="192.0.2.9")
    registry.add(one)
    with pytest.raises(TooManyConnections):
        registry.identify(one, ALICE)
    assert one.viewer is ANONYMOUS
    registry.identify(one, BOB)


async def test_4409_who_is_in_may_be_seen_anew_at_the_limit(registry: Connections) -> None:
    tabs = [connection(ALICE, f"192.0.2.{number}") for number in range(2)]
    for tab in tabs:
        registry.add(tab)
    registry.identify(tabs[0], Viewer(id=1, username="alice", role="moderator", session_id=11))
    assert len(registry.of("user:1")) == 2


async def test_4409_addresses_of_one_ipv6_network_count_as_one(registry: Connections) -> None:
    for number in range(3):
        registry.add(connection(address=f"2001:db8:1:2::{number + 1:x}"))
    with pytest.raises(TooManyConnections):
        registry.add(connection(address="2001:db8:1:2:ffff::1"))
    registry.add(connection(address="2001:db8:1:3::1"))
    registry.add(connection(address="::ffff:192.0.2.7"))
    assert len(registry.of("address:192.0.2.7")) == 1


async def test_4409_zero_is_no_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    unlimited = Settings(connections_per_address=0, connections_per_user=0)
    monkeypatch.setattr(connections, "settings", unlimited)
    registry = Connections()
    for _ in range(1100):
        registry.add(connection(ALICE))
    assert len(registry) == 1100
