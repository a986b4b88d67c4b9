"""Hubbub does not run on a PostgreSQL that may lose what it acknowledged (LIVE.md 3.1)."""

from typing import Any


class DurabilityError(Exception):
    """One line: which setting of the server must be changed."""


async def check_durability(connection: Any) -> None:
    """Raise DurabilityError when `fsync` or `synchronous_commit` is off for this connection."""
    for name in ("fsync", "synchronous_commit"):
        if await connection.fetchval(f"SHOW {name}") == "off":
            raise DurabilityError(
                f"PostgreSQL runs with {name}=off and may lose acknowledged comments; set {name}=on."
            )
