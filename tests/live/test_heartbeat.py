"""Many heartbeats on one timer: each has its turn, whatever happens in another's."""

from typing import Any

from app.live.heartbeat import Turns
from tests.waiting import eventually

SECONDS = 0.2


class Beats:
    """Stands in the place of heartbeats: keeps in which order they had their turn, and fails where told to."""

    def __init__(self, failing: Any = None) -> None:
        self.heard: list[Any] = []
        self._failing = failing
        self.turns: Turns[Any] = Turns(self._act)

    def _act(self, one: Any) -> None:
        self.heard.append(one)
        if one == self._failing:
            raise RuntimeError("on purpose")

    def put(self, *names: Any) -> "Beats":
        for name in names:
            self.turns.put(name, SECONDS)
        return self


async def test_each_has_its_turn_once_and_in_order() -> None:
    beats = Beats().put("a", "b", "c")
    await eventually(lambda: len(beats.heard) == 3, "all had their turn")
    assert beats.heard == ["a", "b", "c"]
    assert not any(name in beats.turns for name in "abc")


async def test_one_that_fails_takes_no_turn_from_the_others() -> None:
    beats = Beats(failing="a").put("a", "b")
    await eventually(lambda: beats.heard == ["a", "b"], "the one after it had its turn")
    beats.put("c")
    await eventually(lambda: "c" in beats.heard, "who comes later has one, too")


async def test_who_was_dropped_has_none() -> None:
    beats = Beats().put("a", "b", "c")
    beats.turns.drop("a")
    beats.turns.drop("nobody")
    await eventually(lambda: "c" in beats.heard, "the last one had its turn")
    assert beats.heard == ["b", "c"]


async def test_who_puts_itself_in_again_has_another_turn() -> None:
    heard: list[str] = []

    def again(one: str) -> None:
        heard.append(one)
        turns.put(one, SECONDS)

    turns: Turns[str] = Turns(again)
    turns.put("a", SECONDS)
    await eventually(lambda: len(heard) >= 3, "three rounds")
    turns.drop("a")
