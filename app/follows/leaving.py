"""What a member who leaves followed, muted and blocked: forgotten at once."""

from app.database.engine import DB

_DROP = [
    f'DELETE FROM {table} WHERE "user" = $1'
    for table in ("post_follows", "member_follows", "tag_follows", "blocks", "follow_settings")
]


async def drop_all(user_id: int) -> None:
    """Forget it inside the caller's transaction."""
    for statement in _DROP:
        await DB.fetch(statement, user_id)
