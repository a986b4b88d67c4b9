"""Whether a delivery costs more where much else goes on: ten thousand channels, ten thousand idle readers."""

from collections.abc import Sequence
from contextlib import ExitStack

import msgspec

from bench.contenders import JOIN, LISTEN, READ_POST, SUBSCRIBED, Hubbub
from bench.fanout import Figures, Window
from bench.hubbub import Servers, Writer

READERS = 1000
EACH = 10
# All who joined together are pinged together: each window has one whole round of it.
PING_ROUND = 10.0
IDLE_NETWORK = ("--network", "5")


def _also(channel: str, count: int) -> Sequence[str]:
    """Follow post 1, which is busy, and `count` others, from post 2 on, of which nobody hears anything."""
    join = f'{{"type":"subscribe","id":2,"channel":"post:{channel}"}}'
    quiet = ("--first", "2", "--fill", join, SUBSCRIBED, str(count))
    return (*LISTEN, "--send", JOIN, "--wait", SUBSCRIBED, *quiet)


# Ten channels in all, or ten for each reader and the busy one.
FEW, MANY = _also("{shared}", EACH - 1), _also("{filler}", EACH)
ON_A_QUIET_POST = (
    *LISTEN, "--first", "2", "--fill", '{"type":"subscribe","id":2,"channel":"post:{shared}"}', SUBSCRIBED, "1",
)  # fmt: skip


class Growth(msgspec.Struct, frozen=True):
    """READERS follow one busy channel; what it costs in little company, and in much."""

    few_channels: Figures
    many_channels: Figures
    none_idle: Figures
    many_idle: Figures
    channels: int
    idle: int


def measure(servers: Servers, *, repeats: int, idle: int) -> Growth:
    """Raises Failed."""
    with Writer(servers) as writer:
        contender = Hubbub(servers, writer)

        def window(options: Sequence[str], idle: int = 0) -> Figures:
            with contender.run() as running, ExitStack() as stack:
                if idle:
                    stack.enter_context(running.readers(idle, *IDLE_NETWORK, options=ON_A_QUIET_POST))
                load = stack.enter_context(running.readers(READERS, options=options))
                return Window(running, load, contender).steady(repeats, PING_ROUND)

        return Growth(
            few_channels=window(FEW),
            many_channels=window(MANY),
            none_idle=window(READ_POST),
            many_idle=window(READ_POST, idle),
            channels=1 + READERS * EACH,
            idle=idle,
        )
