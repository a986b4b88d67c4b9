"""What each kind of fault does when it begins and when it ends."""

import signal
from collections.abc import Callable
from typing import NamedTuple

from tests.chaos import redis_faults, restoring, sql_faults
from tests.chaos.plan import Step
from tests.chaos.proxy import Wire
from tests.chaos.stage import Stage

Act = Callable[[Stage, Step], None]
LATE = (0.02, 0.4)
FAR = 7200


class Fault(NamedTuple):
    begin: Act
    end: Act


def nothing(stage: Stage, step: Step) -> None:
    """Some faults are over as soon as they have happened."""


def kill(stage: Stage, step: Step) -> None:
    (stage.parts.get(step.target) or stage.services[step.target]).kill()


def start(stage: Stage, step: Step) -> None:
    part = stage.parts.get(step.target)
    if part:
        part.launch()
    else:
        stage.services[step.target].start()


def stop(stage: Stage, step: Step) -> None:
    (stage.parts.get(step.target) or stage.services[step.target]).signal(signal.SIGSTOP)


def go_on(stage: Stage, step: Step) -> None:
    (stage.parts.get(step.target) or stage.services[step.target]).signal(signal.SIGCONT)


def ask(stage: Stage, step: Step) -> None:
    part = stage.parts.get(step.target)
    if part:
        part.ask()
    else:
        stage.services[step.target].stop()


def restart(stage: Stage, step: Step) -> None:
    """A part is started again by whoever tends it, as soon as it has ended."""
    if step.target in stage.services:
        stage.services[step.target].start()


def slow_line(stage: Stage, step: Step) -> None:
    seconds = LATE[0] + step.chance * (LATE[1] - LATE[0])
    for wire in _wires(stage, step):
        stage.exchange.tell(wire, late=seconds)


def silence_line(stage: Stage, step: Step) -> None:
    for wire in _wires(stage, step):
        stage.exchange.tell(wire, silent=True)


def cut_line(stage: Stage, step: Step) -> None:
    for wire in _wires(stage, step):
        stage.exchange.tell(wire, cut=True)


def heal_line(stage: Stage, step: Step) -> None:
    for wire in _wires(stage, step):
        stage.exchange.tell(wire)


def cut_and_heal_line(stage: Stage, step: Step) -> None:
    # What was kept back is not delivered late: a line that was half open is gone in the end.
    cut_line(stage, step)


def move_clock(stage: Stage, step: Step) -> None:
    stage.clocks[step.target].move(round((2 * step.chance - 1) * FAR))


def right_clock(stage: Stage, step: Step) -> None:
    stage.clocks[step.target].move(0)


def sign_out(stage: Stage, step: Step) -> None:
    """Some readers, while all else is quiet."""
    stage.on_leave()


def _wires(stage: Stage, step: Step) -> list[Wire]:
    """One of the two webs' wires, or both."""
    wires = stage.wires[step.target]
    which = int(step.chance * 3)
    return wires if which == 2 else [wires[which]]


FAULTS: dict[str, Fault] = {
    "kill -9": Fault(kill, start),
    "SIGSTOP": Fault(stop, go_on),
    "restart": Fault(ask, restart),
    "backend killed": Fault(sql_faults.kill_backend, nothing),
    "backends terminated": Fault(sql_faults.terminate_backends, nothing),
    "redis flushed": Fault(redis_faults.flush, nothing),
    "redis a replica": Fault(redis_faults.make_replica, redis_faults.make_master),
    "redis read-only": Fault(redis_faults.refuse_writes, redis_faults.take_writes),
    "redis drops slow": Fault(redis_faults.drop_slow, redis_faults.keep_slow),
    "line late": Fault(slow_line, heal_line),
    "line half-open": Fault(silence_line, cut_and_heal_line),
    "line cut": Fault(cut_line, nothing),
    "row held": Fault(sql_faults.hold_row, nothing),
    "transaction held": Fault(sql_faults.hold_transaction, nothing),
    "pool exhausted": Fault(sql_faults.exhaust_pool, nothing),
    "clock moved": Fault(move_clock, right_clock),
    "pruned": Fault(restoring.prune, nothing),
    "copied": Fault(restoring.copy, nothing),
    "signed out": Fault(sign_out, nothing),
    "restored": Fault(restoring.put_back, nothing),
}
