"""Close codes, and when one who was told `bye` may come back (LIVE.md, section 2)."""

RESTART, SHUTDOWN, TOO_SLOW, NO_PONG, RATE = 1012, 4001, 4008, 4012, 4013
BAD_FRAME, SIGNED_OUT, FORBIDDEN, TOO_MANY = 4400, 4401, 4403, 4409

# How long one who does not read may keep a closed connection.
FAREWELL_SECONDS = 2.0

# Milliseconds, with full jitter. Whoever is not named here must not come back by itself.
_RECONNECT = {
    RESTART: (1000, 10_000),
    # The others are up, and the drain has already spread them.
    SHUTDOWN: (0, 2000),
    TOO_SLOW: (1000, 10_000),
    NO_PONG: (1000, 10_000),
    RATE: (5000, 30_000),
}


def reconnect_in(code: int, least_ms: int = 0) -> tuple[int, int] | None:
    """The least and the most milliseconds to wait after this close, at least that many; None: do not."""
    if (usual := _RECONNECT.get(code)) is None:
        return None
    return max(usual[0], least_ms), max(usual[1], least_ms + usual[1] - usual[0])
