"""What goes wrong and when: the same seed, the same plan."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

WARM_UP = 3.0
COOL_DOWN = 8.0
ACT_SECONDS = 240.0
COPY_SECONDS = 2.0
RESTORE_SECONDS = 4.0
LEAVE_SECONDS = 6.0
GAP = (0.4, 1.6)
REST = 0.2

PARTS = ("web-0", "web-1", "worker", "valkey", "postgres")
WIRES = ("postgres", "valkey", "readers")
ALL = "all"

# Kind: on what, and for how many seconds.
KINDS: dict[str, tuple[tuple[str, ...], tuple[float, float]]] = {
    "kill -9": (PARTS, (0.3, 4.0)),
    "SIGSTOP": (PARTS, (0.5, 6.0)),
    "restart": (PARTS, (0.2, 1.0)),
    "backend killed": (("postgres",), (0.1, 0.3)),
    "backends terminated": (("postgres",), (1.0, 4.0)),
    "redis flushed": (("valkey",), (1.0, 4.0)),
    "redis a replica": (("valkey",), (1.0, 4.0)),
    "redis read-only": (("valkey",), (1.0, 4.0)),
    "redis drops slow": (("valkey",), (1.0, 4.0)),
    "line late": (WIRES, (1.0, 4.0)),
    "line half-open": (WIRES, (1.0, 6.0)),
    "line cut": (WIRES, (0.1, 0.3)),
    "row held": (("postgres",), (1.0, 5.0)),
    "transaction held": (("postgres",), (1.0, 5.0)),
    "pool exhausted": (("postgres",), (1.0, 5.0)),
    "clock moved": (PARTS, (2.0, 6.0)),
    "pruned": (("postgres",), (0.1, 0.3)),
}


@dataclass(frozen=True)
class Step:
    """`chance` in 0..1 decides whatever else there is to be decided about it."""

    at: float
    kind: str
    target: str
    seconds: float
    chance: float

    @property
    def ends(self) -> float:
        return self.at + self.seconds


def deal(seed: int, seconds: float) -> list[Step]:
    """Every kind on every target in random order, again and again; in each act a copy is taken, some are signed out
    while nothing else happens, and the copy is put back.
    """
    draw = random.Random(seed)
    cards = _cards(draw)
    acts = max(1, round(seconds / ACT_SECONDS))
    length = (seconds - WARM_UP - COOL_DOWN) / acts
    steps: list[Step] = []
    for act in range(acts):
        begin = WARM_UP + act * length
        copied = Step(begin + 0.1 * length, "copied", ALL, COPY_SECONDS, draw.random())
        at = begin + draw.uniform(0.5, 0.7) * length
        restored = Step(at, "restored", ALL, RESTORE_SECONDS, draw.random())
        left = Step(begin + 0.3 * length, "signed out", ALL, LEAVE_SECONDS, draw.random())
        quiet = [copied, left, restored]
        for start, end in zip(
            (begin, *(step.ends for step in quiet)),
            (*(step.at for step in quiet), begin + length),
            strict=True,
        ):
            steps += _fill(draw, cards, start, end)
        steps += quiet
    return sorted(steps, key=lambda step: step.at)


def _fill(draw: random.Random, cards: Iterator[tuple[str, str]], start: float, end: float) -> Iterator[Step]:
    """Faults that begin and end in this stretch, and of which no two are on one thing at a time."""
    free: dict[str, float] = {}
    now = start
    while (now := now + draw.uniform(*GAP)) < end:
        kind, target = next(cards)
        at = max(now, free.get(target, 0.0))
        step = Step(at, kind, target, draw.uniform(*KINDS[kind][1]), draw.random())
        if step.ends < end:
            free[target] = step.ends + REST
            yield step


def _cards(draw: random.Random) -> Iterator[tuple[str, str]]:
    while True:
        deck = [(kind, target) for kind, (targets, _) in KINDS.items() for target in targets]
        draw.shuffle(deck)
        yield from deck
