"""What one run found, as it is kept in results.json."""

from typing import Any

import msgspec

from bench.comeback import Comeback
from bench.delivery import Delivery
from bench.fanout import Figures
from bench.growth import Growth
from bench.idle import Idle
from bench.jobs import Jobs
from bench.sign_ins import SignIns
from bench.writes import Writes

ORDER = ("single", "burst", "flood")


class Results(msgspec.Struct):
    """Filled piece by piece. What could not be measured stands in `failed`, with its reason."""

    when: str
    machine: dict[str, Any]
    quick: bool
    titles: dict[str, str]
    # By readers, contender and kind.
    fanout: dict[int, dict[str, dict[str, Figures]]] = msgspec.field(default_factory=dict)
    idle: dict[str, Idle] = msgspec.field(default_factory=dict)
    delivery: Delivery | None = None
    comeback: Comeback | None = None
    writes: list[Writes] = msgspec.field(default_factory=list)
    growth: Growth | None = None
    jobs: Jobs | None = None
    sign_ins: SignIns | None = None
    failed: dict[str, str] = msgspec.field(default_factory=dict)

    def cpu(self, readers: int, name: str, kind: str = "single") -> float | None:
        """CPU seconds for 100,000 deliveries; None where that was not measured."""
        figures = self.fanout.get(readers, {}).get(name, {}).get(kind)
        return None if figures is None else figures.cpu_per_100k

    def ratio(self, readers: int, other: str, kind: str = "single") -> float | None:
        """Hubbub's CPU a delivery as a part of that of `other` at single events."""
        own, theirs = self.cpu(readers, "hubbub", kind), self.cpu(readers, other)
        return None if own is None or not theirs else own / theirs

    def ceiling(self) -> float | None:
        """Deliveries a second that the load generator could take at most, by what the C server sent it."""
        found = [own["c"]["single"].load_ceiling for own in self.fanout.values() if "c" in own]
        return min(found, default=None)
