"""What a reader costs who hears nothing: memory, the way in, and whether ten thousand of them hold."""

from time import sleep

import msgspec

from bench.contenders import Contender
from bench.machine import TICKS

FIRST = 50


class Idle(msgspec.Struct, frozen=True):
    """`joins` is handshake, welcome and subscribe."""

    readers: int
    kb_each: float
    joins_per_second: float
    # As many as the server's core could do, were it the only thing that is waited for.
    joins_per_cpu_second: float
    load_busy: float
    held: bool


def measure(contender: Contender, readers: int, *, hold: float) -> Idle:
    """Let them in, wait `hold` seconds, say one thing. Raises Failed when a reader does not get in."""
    # What a server makes for its first readers is not theirs.
    with contender.run() as running, running.readers(FIRST, "--network", "9"):
        sleep(0.5)
        server = running.process
        memory, cpu = server.memory(), server.cpu()
        with running.readers(readers) as load:
            joins_cpu = server.cpu() - cpu
            each = (server.memory() - memory) / readers
            sleep(hold)
            after = load.status()
            load.expect(1, 30)
            contender.feed.in_bursts(1, 1, 0)
            heard = load.report()
    start = load.start
    return Idle(
        readers=readers,
        kb_each=each / 1000,
        joins_per_second=start.ready / start.seconds,
        joins_per_cpu_second=start.ready / max(joins_cpu, 1 / TICKS),
        load_busy=start.busy,
        held=after.ready == readers and heard.complete,
    )
