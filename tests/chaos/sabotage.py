"""`hubbub serve` with a hub that drops, repeats or swaps one event in a thousand: chaos has to find that out.

python -m tests.chaos.sabotage drop|repeat|swap
"""

import sys
from typing import Any

from app.live.protocol import LiveProtocol

ONE_IN = 1000
EVENT = b'{"type":"event"'
SHORT, LONG, LONGER = 126, 127, 10


class Tampering:
    """A transport whose every thousandth event frame goes astray; the hub knows nothing of it."""

    _events = 0

    def __init__(self, transport: Any, how: str) -> None:
        self._transport, self._how = transport, how
        self._kept = b""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: Any) -> None:
        self._transport.write(b"".join(self._tampered(frame) for frame in frames_in(bytes(data))))

    def writelines(self, parts: Any) -> None:
        self.write(b"".join(parts))

    def _tampered(self, frame: bytes) -> bytes:
        if EVENT not in frame[:30]:
            return frame
        kept, self._kept = self._kept, b""
        Tampering._events += 1
        if Tampering._events % ONE_IN:
            # What was swapped comes after its successor.
            return frame + kept
        if self._how == "swap":
            self._kept = frame
        return {"drop": b"", "repeat": frame * 2, "swap": kept}[self._how]


def frames_in(data: bytes) -> list[bytes]:
    """WebSocket frames from a server, which are not masked; anything else as it is."""
    frames = []
    while data[:1] == b"\x81" and len(data) > LONGER:
        size, head = data[1], 2
        if size == SHORT:
            size, head = int.from_bytes(data[2:4], "big"), 4
        elif size == LONG:
            size, head = int.from_bytes(data[2:10], "big"), 10
        frames.append(data[: head + size])
        data = data[head + size :]
    return [*frames, data] if data else frames


def tamper(how: str) -> None:
    """From now on, in this process."""
    plain = LiveProtocol.connection_made

    def connection_made(self: LiveProtocol, transport: Any) -> None:
        plain(self, Tampering(transport, how))  # type: ignore[arg-type]  # it is one in all that counts

    LiveProtocol.connection_made = connection_made  # type: ignore[method-assign]  # that is the sabotage
    # Nothing past the transport.
    LiveProtocol.descriptor = lambda _self: None  # type: ignore[method-assign, assignment]  # as above


if __name__ == "__main__":
    from app import cli

    tamper(sys.argv[1])
    cli.main(["serve"])
