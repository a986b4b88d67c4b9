"""The web process: uvicorn, set up so that it promises no more than Hubbub holds."""

import gc
import socket
from types import FrameType

import uvicorn

from app.listen import bind
from app.live.drain import drain
from app.live.frames import FRAME_BYTES
from app.live.protocol import LiveProtocol
from app.live.transport import StreamProtocol
from app.settings import settings

GRACE_SECONDS = 20


class Server(uvicorn.Server):
    """Drains its sockets at a pace before uvicorn closes what is left, all at once and with 1012."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        # Asked twice: whoever asks does not want to wait.
        self.force_exit = self.should_exit
        super().handle_exit(sig, frame)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        # Who keeps a connection for later requests is told with the next answer, so that none crosses our end.
        self.server_state.default_headers = [*self.server_state.default_headers, (b"connection", b"close")]
        await drain.run(lambda: self.force_exit)
        await super().shutdown(sockets)


def serve() -> None:
    """Answer on HOST and PORT until a signal comes. Raises LaunchError."""
    listener = bind(settings.host, settings.port)
    config = uvicorn.Config(
        "app.asgi:app",
        loop="uvloop",
        http=StreamProtocol,
        ws=LiveProtocol,
        ws_per_message_deflate=False,
        ws_max_size=FRAME_BYTES,
        # live.heartbeat pings, and those pings say where each channel stands.
        ws_ping_interval=None,
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    config.load()
    _calm_the_collector()
    Server(config).run([listener])


def _calm_the_collector() -> None:
    """Look for garbage less often, and never among what is there from the start: that was two fifths of a handshake."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 25, 25)
