"""Takes a member who left out of what they wrote, a part at a time; a part that was done stays done."""

from app.accounts.deletion.schemas import Content
from app.comments import leaving as comments
from app.database.engine import DB
from app.database.transaction import transaction
from app.flags import leaving as flags
from app.live import channels, log
from app.notifications import leaving as notifications
from app.posts import leaving as posts
from app.reactions import leaving as reactions

BATCH = 200

_HAS_LEFT = "SELECT FROM users WHERE id = $1 AND left_at IS NOT NULL"
# Nobody begins to write as this member behind this lock; who has begun is waited for.
_LOCK = f"{_HAS_LEFT} FOR UPDATE"
_HANGS_ON = """
SELECT EXISTS (SELECT FROM comments WHERE author = $1) OR EXISTS (SELECT FROM posts WHERE author = $1)
    OR EXISTS (SELECT FROM reactions WHERE "user" = $1)
    OR EXISTS (SELECT FROM notification_actors WHERE actor = $1)
    OR EXISTS (SELECT FROM flags WHERE reporter = $1 OR resolver = $1 OR member = $1)
"""
_FORGET = "DELETE FROM users WHERE id = $1"


async def let_go_some(user_id: int, content: Content) -> bool:
    """Do the next part; whether there may be more. The member's row goes with the last."""
    if not await DB.fetch(_HAS_LEFT, user_id):
        return False
    remove = content == "remove"
    done = (
        await comments.let_go(user_id, BATCH, remove=remove)
        or await posts.let_go(user_id, BATCH, remove=remove)
        or await reactions.let_go(user_id, BATCH)
        or await notifications.let_go(user_id, BATCH)
        or await flags.let_go(user_id, BATCH)
    )
    return bool(done) or not await _forget(user_id)


async def _forget(user_id: int) -> bool:
    """Delete the row if nothing hangs on it any more; whether it is gone."""
    async with transaction():
        if not await DB.fetch(_LOCK, user_id):
            return True
        if (await DB.fetch(_HANGS_ON, user_id))[0][0]:
            return False
        await log.close_channel(channels.user(user_id))
        await DB.fetch(_FORGET, user_id)
    return True
