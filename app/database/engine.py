"""The Piccolo engine, made safe: a pool or nothing, a limit on waiting for it, and slow queries in the log."""

import asyncio
from collections.abc import Sequence
from time import perf_counter
from types import TracebackType
from typing import Any, Literal, Self
from urllib.parse import urlsplit

import asyncpg
import structlog
from piccolo.engine.postgres import PostgresEngine, PostgresTransaction
from piccolo.querystring import QueryString

from app.database.durability import check_durability
from app.settings import settings

log = structlog.get_logger("hubbub.database")


class PoolNotStarted(RuntimeError):
    """A query came before `Engine.start`; Piccolo would open a connection of its own for each, silently."""


class PoolExhausted(TimeoutError):
    """No connection became free within `HUBBUB_POOL_TIMEOUT_MS`; answered as 503 `unavailable`."""


class Session(asyncpg.Connection):  # type: ignore[misc]  # asyncpg has no types
    """A connection of the pool; given back, it costs no statement."""

    def get_reset_query(self) -> str:
        """Nothing: no statement of ours leaves settings, locks or cursors behind, only transactions, and they end."""
        return ""


class Transaction(PostgresTransaction):
    """Piccolo's transaction, but one that gives its connection back whatever fails, COMMIT included."""

    engine: "Engine"
    transaction: Any

    def __init__(self, engine: "Engine", allow_nested: bool = False, **options: Any) -> None:
        super().__init__(engine, allow_nested=allow_nested)
        self._options = options

    async def __aenter__(self) -> Self:
        self.connection = await self.engine.acquire()
        try:
            self.transaction = self.connection.transaction(**self._options)
            await self.transaction.start()
        except BaseException:
            await self.engine.release(self.connection)
            raise
        self.context = self.engine.current_transaction.set(self)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> Literal[False]:
        try:
            await (self.transaction.commit() if error is None else self._roll_back_quietly())
        finally:
            self.engine.current_transaction.reset(self.context)
            await self.engine.release(self.connection)
        return False

    async def _roll_back_quietly(self) -> None:
        # The error that brought us here says more than "connection is closed" would.
        try:
            await self.transaction.rollback()
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
            log.warning("rollback_failed", error=str(error))


class Engine(PostgresEngine):
    """One pool a process; `listeners` see every statement that runs (tests count them)."""

    pool: Any

    def __init__(self, dsn: str) -> None:
        self.listeners: list[Any] = []
        super().__init__({"dsn": dsn, "database": urlsplit(dsn).path.lstrip("/")})

    async def check_version(self) -> None:
        """Nothing: Piccolo would connect while modules are being imported."""

    async def start(self, size: int = settings.pool_size, statement_seconds: float | None = None) -> None:
        """Open the pool and refuse a server that may lose what it acknowledged. Raises DurabilityError.

        A statement that takes longer than `statement_seconds` raises TimeoutError, which is unavailability:
        a server that hangs, or that the network lost, keeps its connections open and says nothing.
        """
        server_settings = {
            "application_name": "hubbub",
            "idle_in_transaction_session_timeout": "10000",
            "timezone": "UTC",
        }
        self.pool = await asyncpg.create_pool(
            self.config["dsn"],
            min_size=min(2, size),
            max_size=size,
            timeout=10,
            command_timeout=statement_seconds,
            connection_class=Session,
            server_settings=server_settings,
        )
        try:
            async with self.pool.acquire() as connection:
                await check_durability(connection)
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        pool, self.pool = self.pool, None
        if pool is None:
            return
        try:
            await asyncio.wait_for(pool.close(), 5)
        except TimeoutError:
            pool.terminate()

    async def acquire(self) -> Any:
        if self.pool is None:
            raise PoolNotStarted("The database pool is not started.")
        try:
            return await self.pool.acquire(timeout=settings.pool_timeout_ms / 1000)
        except TimeoutError:
            raise PoolExhausted("No database connection became free in time.") from None

    async def release(self, connection: Any) -> None:
        if self.pool is None:
            connection.terminate()
        else:
            await self.pool.release(connection)

    async def get_new_connection(self) -> Any:
        raise PoolNotStarted("A connection without a pool was asked for.")

    def transaction(self, allow_nested: bool = False) -> Transaction:
        return Transaction(engine=self, allow_nested=allow_nested)

    def snapshot(self) -> Transaction:
        """Reads of one moment: what is read in it fits together, however many statements it takes."""
        return Transaction(engine=self, isolation="repeatable_read", readonly=True)

    async def fetch(self, sql: str, *args: object) -> list[asyncpg.Record]:
        """Rows of `sql` with `$1 …` filled from `args`, inside the transaction that is open, if one is."""
        current: Any = self.current_transaction.get()
        if current is not None:
            return await self._timed(current.connection, sql, args)
        connection = await self.acquire()
        try:
            return await self._timed(connection, sql, args)
        finally:
            await self.release(connection)

    async def execute(self, script: str) -> None:
        """Run several statements at once, without values, inside the transaction that is open."""
        current: Any = self.current_transaction.get()
        if current is None:
            raise RuntimeError("A script of several statements needs a transaction around it.")
        await current.connection.execute(script)

    async def run_querystring(self, querystring: QueryString, in_pool: bool = True) -> Any:
        sql, args = querystring.compile_string(engine_type=self.engine_type)
        return await self.fetch(sql, *args)

    async def run_ddl(self, ddl: str, in_pool: bool = True) -> Any:
        return await self.fetch(ddl)

    async def _run_in_new_connection(self, query: str, args: Sequence[Any] | None = None) -> Any:
        return await self.get_new_connection()

    async def _timed(self, connection: Any, sql: str, args: Sequence[object]) -> list[asyncpg.Record]:
        # From when there is a connection: to wait for one is not the statement's fault.
        started = perf_counter()
        try:
            return list(await connection.fetch(sql, *args))
        finally:
            self._note(sql, (perf_counter() - started) * 1000)

    def _note(self, sql: str, milliseconds: float) -> None:
        for listener in self.listeners:
            listener(sql)
        if milliseconds >= settings.slow_query_ms:
            # The statement without its values: those are people's words.
            log.warning("slow_query", ms=round(milliseconds), sql=" ".join(sql.split())[:500])


DB = Engine(settings.database_url)
