"""What writers did, and what may therefore be there at the end."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field

ABSENT: Hashable = None


@dataclass
class Deed:
    """One request: the state that it asks for; `acked` is when the answer came that it is so, if ever."""

    state: Hashable
    sent: float
    acked: float | None = None
    doubtful: bool = False


@dataclass(frozen=True)
class Cut:
    """A restore: what was acknowledged between these two moments may be gone."""

    copied: float
    restored: float

    def may_undo(self, deed: Deed) -> bool:
        return deed.sent < self.restored and (deed.acked is None or deed.acked > self.copied)


@dataclass
class Thing:
    """A post or comment (state: its text and whether it is removed) or a reaction (state: True)."""

    kind: str
    author: int
    key: str
    id: int = 0
    rests_until: float = 0.0
    deeds: list[Deed] = field(default_factory=list)

    def possible(self, cuts: Iterable[Cut]) -> set[Hashable]:
        """Every state that it may be in, after all that was asked for in this order."""
        cuts, states = list(cuts), {ABSENT}
        for deed in self.deeds:
            if deed.acked is not None and not any(cut.may_undo(deed) for cut in cuts):
                states = {deed.state}
            else:
                states.add(deed.state)
        return states

    def is_known(self, now: float) -> bool:
        """Whether there is no doubt about how it is now."""
        return self.deeds[-1].acked is not None and now > self.rests_until

    def touched_since(self, moment: float) -> bool:
        return any(deed.acked is None or deed.acked > moment for deed in self.deeds)


@dataclass
class Ledger:
    """All things, all restores, and how many requests ended how."""

    things: list[Thing] = field(default_factory=list)
    cuts: list[Cut] = field(default_factory=list)
    acknowledged: int = 0
    refused: int = 0
    broken: list[str] = field(default_factory=list)

    @property
    def unknown(self) -> int:
        return sum(deed.acked is None for thing in self.things for deed in thing.deeds)
