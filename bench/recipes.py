"""How each peer is started, how a reader joins it, and what its own library would publish in Redis."""

import json
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec

from bench import build
from bench.hubbub import Servers
from bench.machine import BUILT, HERE, Failed

PEERS = HERE / "peers"
PYTHON = BUILT / "python" / "bin" / "python"
CHANNEL = "bench"
# The limit runs beside others, and must not hear what is said to them.
OWN_CHANNEL = "bench:limit"

# An event as Hubbub sends it for a comment of 60 letters: every peer sends these very bytes.
FRAME = (
    '{"type":"event","channel":"post:1","seq":1234,"event":"comment.created","at":"2026-11-24T17:00:00.000Z",'
    '"data":{"id": 1234, "key": null, "seq": 1234, "url": "/comments/1234", "body": "It rained all morning, and '
    'then the sun came out at last. Ok", "depth": 0, "author": {"id": 1, "name": "Wanda", "role": "member", '
    '"username": "wanda", "avatar_url": null}, "post_id": 1, "removed": null, "body_html": "<p>It rained all '
    'morning, and then the sun came out at last. Ok</p>\\n", "edited_at": null, "parent_id": null, "reactions": {}, '
    '"created_at": "2026-11-24T17:00:00.000Z", "updated_at": "2026-11-24T17:00:00.000Z", "replies_count": 0}}'
)

Command = Callable[[Servers, int], Sequence[str]]


class Recipe(msgspec.Struct, frozen=True, kw_only=True):
    """A peer. `pace` is how many deliveries a second it makes below saturation, `flood` events at once above."""

    name: str
    title: str
    command: Command
    needs: Path
    path: str = "/"
    options: Sequence[str] = ()
    channel: str = CHANNEL
    payload: bytes = FRAME.encode()
    environment: Mapping[str, str] = {}
    pace: int = 50_000
    flood: int = 300

    def require(self) -> None:
        """Raises Failed when it is not installed."""
        if not self.needs.exists():
            raise Failed("is not installed here (make bench installs it: bench/install.py)")


def _python(file: str) -> Command:
    return lambda servers, port: [str(PYTHON), str(PEERS / file), str(port), servers.redis_url, CHANNEL]


def _node(file: str) -> Command:
    return lambda servers, port: [
        "/usr/bin/env",
        "node",
        str(PEERS / file),
        str(port),
        servers.redis_url,
        CHANNEL,
    ]


def _limit(servers: Servers, port: int) -> Sequence[str]:
    return [str(build.limit()), str(port), str(servers.redis_port), servers.redis_password, OWN_CHANNEL]


def _django(_: Servers, port: int) -> Sequence[str]:
    uvicorn = ["-m", "uvicorn", "--host", "127.0.0.1", "--port", str(port), "--loop", "uvloop"]
    quiet = ["--no-access-log", "--log-level", "warning", "--app-dir", str(PEERS / "django")]
    return [str(PYTHON), *uvicorn, *quiet, "application:application"]


def _litestar(_: Servers, port: int) -> Sequence[str]:
    uvicorn = ["-m", "uvicorn", "--host", "127.0.0.1", "--port", str(port), "--loop", "uvloop"]
    fast = ["--ws", "websockets-sansio", "--no-access-log", "--log-level", "warning"]
    return [str(PYTHON), *uvicorn, *fast, "--app-dir", str(PEERS / "litestar"), "application:app"]


def _rails(_: Servers, port: int) -> Sequence[str]:
    return [
        "/usr/bin/puma", "--quiet", "--environment", "production", "--threads", "5:5",
        "--bind", f"tcp://127.0.0.1:{port}", str(PEERS / "rails" / "config.ru"),
    ]  # fmt: skip


_IDENTIFIER = json.dumps({"channel": "CommentsChannel"})
_ROOM = "comments"

RECIPES = (
    Recipe(
        name="c", title="epoll server in C, ready frame", command=_limit, needs=HERE / "limit.c",
        options=("--event", '{"type":"event"'), channel=OWN_CHANNEL,
    ),
    Recipe(
        name="uws", title="uWebSockets (socketify)", command=_python("socketify/application.py"), needs=PYTHON,
        options=("--event", '{"type":"event"'),
    ),
    Recipe(
        name="ws", title="ws on Node", command=_node("ws/application.cjs"),
        needs=BUILT / "node_modules" / "ws", options=("--event", '{"type":"event"'),
    ),
    Recipe(
        name="websockets", title="websockets.broadcast", command=_python("websockets/application.py"),
        needs=PYTHON, options=("--event", '{"type":"event"'),
    ),
    Recipe(
        name="socketio", title="socket.io, Redis adapter", command=_node("socketio/application.cjs"),
        needs=BUILT / "node_modules" / "socket.io", path="/socket.io/?EIO=4&transport=websocket",
        options=("--wait", "0{", "--send", "40", "--wait", "40", "--event", "42[", "--answer", "2", "3"),
        channel=f"socket.io#/#{_ROOM}#",
        payload=msgspec.msgpack.encode([
            "another", {"type": 2, "data": ["comment", json.loads(FRAME)], "nsp": "/"},
            {"rooms": [_ROOM], "except": [], "flags": {}},
        ]),
    ),
    Recipe(
        name="litestar", title="Litestar ChannelsPlugin", command=_litestar, needs=PYTHON,
        options=("--event", '{"type":"event"'), pace=25_000, flood=100,
    ),
    Recipe(
        name="django", title="Django Channels, channels_redis pub/sub", command=_django, needs=PYTHON,
        options=("--wait", "subscribed", "--event", '{"type":"event"'),
        channel=f"asgi__group__{_ROOM}", pace=2500, flood=10,
        payload=msgspec.msgpack.encode({"type": "comment", "text": FRAME}),
    ),
    Recipe(
        name="rails", title="Rails Action Cable on Puma, Redis adapter", command=_rails, needs=Path("/usr/bin/puma"),
        path="/cable", channel="bench:comments", pace=2500, flood=10, payload=FRAME.encode(),
        options=(
            "--header", "Sec-WebSocket-Protocol: actioncable-v1-json", "--wait", '{"type":"welcome"',
            "--send", json.dumps({"command": "subscribe", "identifier": _IDENTIFIER}),
            "--wait", '{"identifier"', "--event", '{"identifier"',
        ),
        environment={"RAILS_ENV": "production", "SECRET_KEY_BASE": "bench" * 10},
    ),
)  # fmt: skip


def environment(recipe: Recipe, servers: Servers) -> dict[str, str]:
    """Nothing of Hubbub's, and where the peer finds Redis and its packages."""
    own = {"REDIS_URL": servers.redis_url, "NODE_PATH": str(BUILT / "node_modules"), **recipe.environment}
    kept = {name: text for name, text in os.environ.items() if not name.startswith(("HUBBUB_", "PYTHON"))}
    return {**kept, "NODE_ENV": "production", **own}
