"""Who left which list."""

from datetime import datetime

from app.database.engine import DB
from app.database.transaction import Change, transaction

_LEAVE = 'INSERT INTO unsubscriptions ("user", list) VALUES ($1, $2) ON CONFLICT DO NOTHING'
_HAVE_LEFT = """
INSERT INTO unsubscriptions ("user", list, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING id
"""
_COME_BACK = 'DELETE FROM unsubscriptions WHERE "user" = $1 AND list = $2'
_IS_WANTED = """
SELECT FROM users WHERE id = $1 AND left_at IS NULL
    AND NOT EXISTS (SELECT FROM unsubscriptions WHERE "user" = users.id AND list = $2)
"""


async def is_wanted(name: str, user_id: int) -> bool:
    return bool(await DB.fetch(_IS_WANTED, user_id, name))


async def leave(name: str, _change: Change, user_id: int) -> None:
    await DB.fetch(_LEAVE, user_id, name)


async def come_back(name: str, _change: Change, user_id: int) -> None:
    await DB.fetch(_COME_BACK, user_id, name)


async def import_stop(user_id: int, name: str, stopped: datetime) -> bool:
    """Note a stop that comes with an archive; whether that is new."""
    async with transaction():
        return bool(await DB.fetch(_HAVE_LEFT, user_id, name, stopped))
