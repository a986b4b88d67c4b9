"""Who left which list."""

from app.database.engine import DB
from app.database.transaction import Change

_LEAVE = 'INSERT INTO unsubscriptions ("user", list) VALUES ($1, $2) ON CONFLICT DO NOTHING'
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
