"""What somebody might say on a socket, as strategies of hypothesis: a talk is a list of utterances."""

import json
import struct
from typing import Any

import msgspec
from hypothesis import strategies as st

from tests.fuzz.line import CLOSE, Line

TEXT, BINARY, PING, PONG = 1, 2, 9, 10


class Say(msgspec.Struct, frozen=True):
    """One frame of WebSocket, or with `raw` some bytes that need not be one."""

    payload: bytes
    opcode: int = TEXT
    fin: bool = True
    rsv: int = 0
    masked: bool = True
    raw: bool = False
    times: int = 1

    def __repr__(self) -> str:
        bits = f"{self.opcode} fin={self.fin} rsv={self.rsv} masked={self.masked}"
        return f"<{'raw' if self.raw else bits} {len(self.payload)}: {self.payload[:60]!r} x{self.times}>"

    def on(self, line: Line) -> None:
        for _ in range(self.times):
            if self.raw:
                line.say_bytes(self.payload)
            else:
                line.say_frame(self.opcode, self.payload, fin=self.fin, rsv=self.rsv, masked=self.masked)


def utterances(channels: list[str], tokens: list[str], epoch: str) -> st.SearchStrategy[Say]:
    """One of everything: frames of ours, whole or spoiled, other JSON, no JSON, frames and bytes of any kind."""
    return st.one_of(
        _requests(channels, tokens, epoch),
        _requests(channels, tokens, epoch),
        _spoiled(channels),
        _others,
        _frames,
        _raw,
    )


def _requests(channels: list[str], tokens: list[str], epoch: str) -> st.SearchStrategy[Say]:
    """Such as a client would send, in any order."""
    place = {
        "id": st.integers(-3, 3) | st.text(max_size=3),
        "channel": st.sampled_from(channels),
        "epoch": st.sampled_from([epoch, epoch, "", "another"]),
        "after": st.integers(0, 5) | st.just(2**53 - 1),
        "limit": st.integers(1, 500),
        "token": st.sampled_from(tokens),
    }
    names = {
        "auth": ["id", "token"], "subscribe": ["id", "channel"], "fetch": ["id", "channel", "epoch", "after"],
        "unsubscribe": ["id", "channel"], "typing": ["channel"], "pong": [],
    }  # fmt: skip
    optional = {"subscribe": ["epoch", "after"], "fetch": ["limit"]}
    kinds = [
        st.fixed_dictionaries(
            {"type": st.just(kind), **{name: place[name] for name in needed}},
            optional={name: place[name] for name in optional.get(kind, [])},
        )
        for kind, needed in names.items()
    ]
    return st.builds(_said, st.one_of(kinds), st.sampled_from([1, 1, 1, 2, 30, 400]))


def _said(frame: Any, times: int = 1) -> Say:
    return Say(json.dumps(frame).encode(errors="surrogatepass"), times=times)


_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=80) | st.just("x" * 70_000),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def _spoiled(channels: list[str]) -> st.SearchStrategy[Say]:
    """The names are right."""
    kinds = st.sampled_from(
        ["auth", "subscribe", "fetch", "unsubscribe", "typing", "pong", "event", "welcome"]
    )
    value = _values | st.sampled_from(channels)
    names = ("id", "channel", "epoch", "after", "limit", "token", "more")
    return st.builds(
        _said, st.fixed_dictionaries({"type": kinds | _values}, optional=dict.fromkeys(names, value))
    )


_others = st.builds(
    Say,
    st.one_of(
        _values.map(lambda value: json.dumps(value).encode(errors="surrogatepass")),
        st.text(max_size=50).map(str.encode),
        st.sampled_from([
            b"[" * 60_000, b'{"a":' * 10_000, b'{"type":"pong","type":"auth"}', b'{"type":"pong"', b"1e999", b"-0",
            b'{"type":"subscribe","id":1e400,"channel":"posts"}', b'{"type":"\\ud800","id":1}', b"\xff\xfe", b"",
            b'{"type":"subscribe","id":"\\ud800","channel":"post:\\u0000"}', b"\xef\xbb\xbf{}", b"\xc3", b" " * 65_536,
            b'{"type":"subscribe","id":1,"channel":"post:' + b"9" * 60_000 + b'"}', b"x" * 65_537, b"x" * 200_000,
        ]),
    ),
    times=st.sampled_from([1, 1, 2]),
)  # fmt: skip

_frames = st.builds(
    Say,
    st.binary(max_size=200) | st.sampled_from([b'{"type":"pong"}', b'{"type":"po', b'ng"}', b"", b"x" * 126]),
    opcode=st.sampled_from([0, 0, TEXT, TEXT, BINARY, PING, PONG, CLOSE, 3, 7, 11, 15]),
    fin=st.booleans(),
    rsv=st.sampled_from([0, 0, 0, 1, 4, 7]),
    masked=st.sampled_from([True, True, True, False]),
    times=st.sampled_from([1, 1, 1, 3, 300]),
) | st.builds(
    Say,
    st.builds(lambda code, why: struct.pack("!H", code) + why, st.integers(0, 5000), st.binary(max_size=130)),
    opcode=st.just(CLOSE),
)

_raw = st.builds(
    Say,
    st.binary(min_size=1, max_size=40)
    | st.sampled_from([
        # Lengths that are not what follows, a half of a frame, something else altogether.
        b"\x81\xff" + b"\xff" * 8, b"\x81\xff\x7f" + b"\xff" * 7, b"\x81\xfe\x00\x01", b"\x81\x85\0\0\0\0he",
        b"\x88\x80", b"GET / HTTP/1.1\r\n\r\n", b"\x00" * 300, b"\x89\xfe\x01\x00",
    ]),
    raw=st.just(True),
)  # fmt: skip
