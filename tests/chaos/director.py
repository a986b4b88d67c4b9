"""Carries a plan out: begins and ends each fault in time, one after the other on each target, then heals all."""

import signal
import time
from collections import Counter
from collections.abc import Callable, Sequence

from tests.chaos.faults import FAULTS
from tests.chaos.plan import ALL, COOL_DOWN, Step
from tests.chaos.stage import Stage

POLL = 0.05


class Director:
    """`done` counts faults by kind and target; `missed` are those for which no time was left."""

    def __init__(self, stage: Stage, plan: Sequence[Step], say: Callable[[str], None]) -> None:
        self.done: Counter[tuple[str, str]] = Counter()
        self.missed = 0
        self._stage, self._waiting, self._say = stage, list(plan), say
        self._running: dict[str, tuple[float, Step]] = {}

    def perform(self, seconds: float) -> None:
        began = time.monotonic()
        while (now := time.monotonic() - began) < seconds:
            self._end(now)
            if now < seconds - COOL_DOWN / 2:
                self._begin(now, began)
            self._stage.tend()
            time.sleep(POLL)
        self.missed = len(self._waiting)
        self._end(float("inf"))

    def heal(self) -> None:
        """Whatever still is not as it should be; then wait until Hubbub answers."""
        stage = self._stage
        for wires in stage.wires.values():
            for wire in wires:
                stage.exchange.tell(wire, cut=True)
        for clock in stage.clocks.values():
            clock.move(0)
        for service in stage.services.values():
            service.signal(signal.SIGCONT)
            service.start()
        for part in stage.parts.values():
            part.signal(signal.SIGCONT)
            part.launch()
        stage.wait_until_ready()

    def _begin(self, now: float, began: float) -> None:
        due = [step for step in self._waiting if step.at <= now]
        held: set[str] = set()
        for step in due:
            if not held and self._is_free(step, held):
                self._waiting.remove(step)
                self._say(f"{now:7.1f}  {step.kind} {step.target} for {step.seconds:.1f} s")
                FAULTS[step.kind].begin(self._stage, step)
                self.done[step.kind, step.target] += 1
                self._running[step.target] = (time.monotonic() - began + step.seconds, step)
            else:
                held.add(step.target)
            if ALL in held:
                return

    def _is_free(self, step: Step, held: set[str]) -> bool:
        """A plan that is late keeps its order on each target, and lets nothing else happen during a restore."""
        if step.target == ALL:
            return not self._running
        return step.target not in self._running and ALL not in self._running

    def _end(self, now: float) -> None:
        for target, (ends, step) in list(self._running.items()):
            if ends <= now:
                FAULTS[step.kind].end(self._stage, step)
                del self._running[target]
