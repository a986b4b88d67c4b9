"""What one reader was told on one channel, and what its page shows of it."""

from array import array
from collections import Counter
from dataclasses import dataclass, field

from tests.chaos.told import POSTS, Looks, Told


@dataclass(frozen=True)
class Finding:
    """A promise that was not kept, and the evidence."""

    kind: str
    who: str
    channel: str
    evidence: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.who} on {self.channel}: {self.evidence}"


@dataclass
class Stretch:
    """Events that follow each other from `start` on, in one epoch; `why` is how it began."""

    epoch: str
    start: int
    why: str
    seqs: "array[int]" = field(default_factory=lambda: array("q"))


class Track:
    """`things` is the page; while a snapshot is being loaded, `held` keeps what came meanwhile."""

    def __init__(self, who: str, channel: str) -> None:
        self.who, self.channel = who, channel
        self.stretches: list[Stretch] = []
        self.position = -1
        self.things: dict[str, Looks] = {}
        self.held: list[Told] | None = None
        self.findings: list[Finding] = []

    @property
    def epoch(self) -> str:
        return self.stretches[-1].epoch if self.stretches else ""

    def begin(self, epoch: str, seq: int, why: str) -> None:
        """What follows has no connection with what came before; the page has to be loaded again."""
        self.stretches.append(Stretch(epoch, seq, why))
        self.position = seq
        self.held = []

    def take(self, told: Told) -> None:
        self.stretches[-1].seqs.append(told.seq)
        self.position = max(self.position, told.seq)
        if self.held is None:
            self._apply(told)
        else:
            self.held.append(told)

    def show(self, things: dict[str, Looks]) -> None:
        """A snapshot has come: what was told meanwhile goes on from it."""
        held, self.held = self.held or [], None
        self.things = dict(things)
        for told in held:
            self._apply(told)

    def find(self, kind: str, evidence: str) -> None:
        if len(self.findings) < 20:
            self.findings.append(Finding(kind, self.who, self.channel, evidence))

    def _apply(self, told: Told) -> None:
        known = self.things.get(told.thing)
        if self.channel == POSTS:
            # Its numbers are not those that posts bear: here the order alone decides.
            if told.looks is not None:
                self.things[told.thing] = told.looks
            elif told.kind == "post.removed":
                self.things.pop(told.thing, None)
        elif told.looks is None or (known is not None and told.seq <= known.seq):
            return
        elif told.kind != "reactions.changed":
            self.things[told.thing] = told.looks
        elif known is not None:
            self.things[told.thing] = known._replace(seq=told.seq, reactions=told.looks.reactions)


def check(track: Track) -> list[Finding]:
    """Each event once and in order, from the start of each stretch to its end."""
    found = list(track.findings)
    for stretch in track.stretches:
        place = f"epoch {stretch.epoch}, after {stretch.start} ({stretch.why})"
        for kind, seqs in _wrong(stretch).items():
            if seqs:
                found.append(Finding(kind, track.who, track.channel, f"{place}: {seqs[:10]}"))
    return found


def _wrong(stretch: Stretch) -> dict[str, list[int]]:
    seqs = stretch.seqs
    if list(seqs) == list(range(stretch.start + 1, stretch.start + 1 + len(seqs))):
        return {}
    times = Counter(seqs)
    expected = range(stretch.start + 1, max(seqs) + 1)
    highest, late = stretch.start, []
    for seq in seqs:
        if seq < highest and times[seq] == 1:
            late.append(seq)
        highest = max(highest, seq)
    return {
        "lost": [seq for seq in expected if seq not in times],
        "repeated": [seq for seq, count in times.items() if count > 1 or seq <= stretch.start],
        "reordered": late,
    }
