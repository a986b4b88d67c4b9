"""What must hold before a process starts, and one line that says so when it does not."""

from urllib.parse import urlsplit

import asyncpg
from redis.exceptions import RedisError

from app.bundled import LaunchError
from app.database.durability import DurabilityError, check_durability
from app.database.redis import connect
from app.settings import settings

OLDEST = 15
CONNECT_SECONDS = 10


async def check_database() -> None:
    """Refuse a PostgreSQL that is missing, too old, or may lose what it acknowledged. Raises LaunchError."""
    if not settings.database_url:
        raise LaunchError("DATABASE_URL is not set. make run brings a PostgreSQL of its own.")
    try:
        connection = await asyncpg.connect(settings.database_url, timeout=CONNECT_SECONDS)
    except (OSError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        where = _place(settings.database_url)
        raise LaunchError(f"PostgreSQL at {where} (DATABASE_URL) cannot be used: {_reason(error)}") from None
    try:
        await _check_version(connection)
        await check_durability(connection)
    except DurabilityError as error:
        raise LaunchError(str(error)) from None
    finally:
        await connection.close()


async def check_redis() -> None:
    """Refuse a Redis that does not answer now. Raises LaunchError."""
    client = connect(read_timeout=CONNECT_SECONDS)
    try:
        await client.execute_command("PING")
    except (OSError, ValueError, RedisError) as error:
        where = _place(settings.redis_url)
        raise LaunchError(f"Redis at {where} (REDIS_URL) cannot be used: {_reason(error)}") from None
    finally:
        await client.aclose()


async def _check_version(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    number = int(await connection.fetchval("SHOW server_version_num"))
    if number < OLDEST * 10_000:
        raise LaunchError(f"PostgreSQL {number // 10_000} is too old. Hubbub needs {OLDEST} or newer.")


def _place(url: str) -> str:
    """Where it is, without the user and the password."""
    parts = urlsplit(url)
    return parts.netloc.rpartition("@")[2] or parts.path


def _reason(error: Exception) -> str:
    said = " ".join(str(error).split()) or "no answer in time"
    return said if said.endswith(("?", ".")) else f"{said}."
