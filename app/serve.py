"""The web process: uvicorn, set up so that it promises no more than Hubbub holds."""

import gc

import uvicorn

from app.listen import bind
from app.live.protocol import LiveProtocol
from app.settings import settings

GRACE_SECONDS = 20
FRAME_BYTES = 65_536


def serve() -> None:
    """Answer on HOST and PORT until a signal comes. Raises LaunchError."""
    listener = bind(settings.host, settings.port)
    config = uvicorn.Config(
        "app.asgi:app",
        loop="uvloop",
        http="httptools",
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
    uvicorn.Server(config).run([listener])


def _calm_the_collector() -> None:
    """Look for garbage less often, and never among what is there from the start: it halves the way in (bench/)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 25, 25)
