"""The parts that chaos judges by, each shown to see what it is there for."""

import pytest

from tests.chaos.history import judge
from tests.chaos.ledger import ABSENT, Cut, Deed, Thing
from tests.chaos.plan import ALL, KINDS, deal
from tests.chaos.sabotage import ONE_IN, Tampering, frames_in
from tests.chaos.told import Looks, Told
from tests.chaos.track import Track, check

LOOKS = Looks(1, "words", None, False, False, ())


def told(
    seq: int, thing: str = "comment:1", looks: Looks | None = None, kind: str = "comment.updated"
) -> Told:
    return Told(seq, kind, thing, (looks or LOOKS)._replace(seq=seq), seq, "words")


def track(*seqs: int) -> Track:
    found = Track("somebody", "post:1")
    found.begin("e", 0, "first")
    found.show({})
    for seq in seqs:
        found.take(told(seq))
    return found


def test_a_seed_is_a_plan() -> None:
    assert deal(7, 60) == deal(7, 60) != deal(8, 60)


def test_nothing_happens_twice_at_once_to_one_thing_and_nothing_beside_a_restore() -> None:
    plan = deal(3, 600)
    for number, step in enumerate(plan):
        for later in plan[number + 1 :]:
            if later.target == step.target or ALL in {later.target, step.target}:
                assert later.at >= step.ends


def test_a_long_plan_has_every_fault_and_several_restores() -> None:
    plan = deal(7, 1200)
    assert {step.kind for step in plan} >= KINDS.keys() | {"copied", "signed out", "restored"}
    assert sum(step.kind == "restored" for step in plan) == 5


@pytest.mark.parametrize(
    ("seqs", "kinds"),
    [
        ((1, 2, 3), []),
        ((1, 3), ["lost"]),
        ((1, 2, 2, 3), ["repeated"]),
        ((1, 3, 2, 4), ["reordered"]),
        ((2, 3), ["lost"]),
        ((0, 1), ["repeated"]),
    ],
)
def test_each_event_once_and_in_order(seqs: tuple[int, ...], kinds: list[str]) -> None:
    assert [finding.kind for finding in check(track(*seqs))] == kinds


def test_what_came_while_a_page_was_loaded_goes_on_from_it() -> None:
    found = track()
    found.begin("e", 5, "pruned")
    found.take(told(6))
    found.take(told(7, "comment:2"))
    found.show({"comment:1": LOOKS._replace(seq=6, body="newer")})
    assert found.things["comment:1"].body == "newer"
    assert found.things["comment:2"].seq == 7


def test_what_was_acknowledged_is_certain() -> None:
    thing = Thing("comment", 1, "k", deeds=[Deed("a", 1, 2), Deed("b", 3, None), Deed("c", 5, 6)])
    assert thing.possible([]) == {"c"}
    thing.deeds.append(Deed("d", 7, None))
    assert thing.possible([]) == {"c", "d"}


def test_what_was_acknowledged_after_a_copy_may_be_gone() -> None:
    thing = Thing("comment", 1, "k", deeds=[Deed("a", 1, 2)])
    assert thing.possible([Cut(copied=3, restored=9)]) == {"a"}
    assert thing.possible([Cut(copied=1.5, restored=9)]) == {ABSENT, "a"}
    thing.deeds.append(Deed("b", 10, 11))
    assert thing.possible([Cut(copied=1.5, restored=9)]) == {"b"}


def test_a_replay_that_tells_of_what_was_removed_is_found() -> None:
    gone = Told(2, "comment.removed", "comment:1", LOOKS, 1, None)
    blank = Told(1, "comment.created", "", None, 0, None)
    assert judge("post:1", [blank, gone], 0) == []
    assert [finding.kind for finding in judge("post:1", [told(1), gone], 0)] == ["removed, yet told"]


class Taker:
    def __init__(self) -> None:
        self.frames: list[bytes] = []

    def write(self, data: bytes) -> None:
        self.frames += frames_in(data)


@pytest.mark.parametrize(
    ("how", "numbers"),
    [("drop", [999, 1001]), ("repeat", [999, 1000, 1000, 1001]), ("swap", [999, 1001, 1000])],
)
def test_the_sabotage_does_what_it_says(
    how: str, numbers: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Tampering, "_events", 0)
    taker = Taker()
    line = Tampering(taker, how)
    texts = [b'{"type":"event","seq":%d}' % number for number in range(1, ONE_IN + 2)]
    for text in texts:
        line.write(bytes((0x81, len(text))) + text)
    seen = [int(frame.partition(b'"seq":')[2][:-1]) for frame in taker.frames]
    assert [number for number in seen if number >= ONE_IN - 1] == numbers
