"""What it looks like when PostgreSQL does not answer: 503 to a client, and a reason to try later."""

import asyncpg

from app.database.engine import PoolExhausted

UNAVAILABLE: tuple[type[Exception], ...] = (
    PoolExhausted,
    asyncpg.InterfaceError,
    # What asyncpg says of a connection whose server said goodbye while it was idle.
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.exceptions.OperatorInterventionError,
    asyncpg.exceptions.InsufficientResourcesError,
    # What a server says that is still recovering, or is a standby until somebody promotes it.
    asyncpg.exceptions.ReadOnlySQLTransactionError,
    asyncpg.exceptions.ObjectNotInPrerequisiteStateError,
    ConnectionError,
    OSError,
)
