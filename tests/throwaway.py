"""Databases that a test may break: made beside the tests' own on the same server, and dropped."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from secrets import token_hex
from urllib.parse import urlsplit

import asyncpg

from app.settings import settings


@asynccontextmanager
async def throwaway_database() -> AsyncIterator[str]:
    """The URL of a new, empty database."""
    name = f"hubbub_{token_hex(6)}"
    server = await asyncpg.connect(settings.database_url)
    try:
        await server.execute(f"CREATE DATABASE {name}")
        yield urlsplit(settings.database_url)._replace(path=f"/{name}").geturl()
    finally:
        await server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        await server.close()
