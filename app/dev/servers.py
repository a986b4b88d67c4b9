"""The servers that web and worker use: those that URLs name, or the bundled ones."""

import asyncio
from functools import partial
from types import ModuleType

from app.bundled import postgres, valkey
from app.dev.keeper import Keeper, say
from app.settings import settings


def start_servers(kept: list[Keeper]) -> dict[str, str]:
    """What must run before anything else; the URLs to set. Raises LaunchError."""
    urls: dict[str, str] = {}
    if not settings.database_url:
        urls["database_url"] = _bundled(kept, "PostgreSQL", postgres)
    if not settings.redis_url:
        urls["redis_url"] = _bundled(kept, "Valkey", valkey)
    else:
        _check_redis()
    return urls


def _bundled(kept: list[Keeper], name: str, kind: ModuleType) -> str:
    say(f"Starting {name} on {settings.data_path / kind.__name__.rpartition('.')[2]}")
    server = kind.start(settings.data_path)
    url: str = server.url
    # At its port again, where the others look for it.
    kept.append(Keeper(name, partial(kind.start, settings.data_path, port=server.port), server))
    return url


def _check_redis() -> None:
    # Imported late: nobody waits for it who has no URL.
    from app.preflight import check_redis  # noqa: PLC0415

    asyncio.run(check_redis())
