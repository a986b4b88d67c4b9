"""What a reader costs who hears nothing: memory, the way in, and whether ten thousand of them hold."""

from time import sleep

import msgspec

from bench.contenders import Contender
from bench.machine import Failed

PING_ROUND = 12.0  # seconds: pings go out every 10
FIRST = 50


class Idle(msgspec.Struct, frozen=True):
    """`joins` is handshake, welcome and subscribe."""

    readers: int
    kb_each: float
    joins_per_second: float
    # As many as the server's core could do, were it the only thing waited for.
    joins_per_cpu_second: float
    load_busy: float
    held: bool


def measure(contender: Contender, readers: int) -> Idle:
    """Raises Failed when a reader does not get in."""
    with contender.run() as running:
        server = running.process
        # What a server makes for its first readers is not theirs.
        with running.readers(FIRST, "--network", "9"):
            sleep(0.5)
            memory, cpu = server.memory(), server.cpu()
            with running.readers(readers) as load:
                # When the last of them is in, the answer to it may still be on the way of being booked.
                joined_cpu = server.cpu() - cpu
                each = (server.memory() - memory) / readers
                sleep(PING_ROUND)
                after = load.status()
                load.expect(1, 30)
                contender.feed.in_bursts(1, 1, 0)
                heard = load.report()
    if not joined_cpu:
        raise Failed("used no CPU that could be seen")
    start = load.start
    return Idle(
        readers=readers,
        kb_each=each / 1000,
        joins_per_second=start.ready / start.seconds,
        joins_per_cpu_second=start.ready / joined_cpu,
        load_busy=start.busy,
        held=after.ready == readers and heard.complete,
    )
