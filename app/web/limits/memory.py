"""The same GCRA within this process, for while Redis is away; it begins with what Redis said last."""

from collections.abc import Sequence
from time import monotonic

from app.web.limits.ring import MICRO, Ring, Standing, Verdict

# Nobody fills the memory by coming from everywhere.
MOST = 20_000


class Memory:
    """When each ring will be empty, in microseconds of this process's clock."""

    def __init__(self) -> None:
        self._ends: dict[str, int] = {}

    def take(self, rings: Sequence[Ring]) -> Verdict:
        return self._change(rings, 1)

    def give_back(self, rings: Sequence[Ring]) -> None:
        self._change(rings, -1)

    def learn(self, verdict: Verdict) -> None:
        """Note where Redis says the rings are; answers that crossed on their way move none of them back."""
        now = _now()
        for standing in verdict.standings:
            uncounted = standing.ring.rate.interval if verdict.refused else 0
            end = now + standing.debt - uncounted
            self._set(standing.ring, now, max(end, self._ends.get(standing.ring.place, 0)))

    def _change(self, rings: Sequence[Ring], sign: int) -> Verdict:
        now = _now()
        ends = [max(now, max(now, self._ends.get(r.place, now)) + sign * r.rate.interval) for r in rings]
        verdict = Verdict([Standing(ring, end - now) for ring, end in zip(rings, ends, strict=True)])
        if not verdict.refused:
            for ring, end in zip(rings, ends, strict=True):
                self._set(ring, now, end)
        return verdict

    def _set(self, ring: Ring, now: int, end: int) -> None:
        self._ends[ring.place] = end
        if len(self._ends) > MOST:
            self._forget(now)

    def _forget(self, now: int) -> None:
        """What is empty, and if that is not enough the emptier half."""
        ends = sorted(((end, place) for place, end in self._ends.items() if end > now), reverse=True)
        self._ends = {place: end for end, place in ends[: MOST // 2]}


def _now() -> int:
    return int(monotonic() * MICRO)
