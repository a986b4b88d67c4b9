"""The decision that takes the thing itself away."""

from app.accounts.viewer import Viewer
from app.comments.removing import take_comment_down
from app.flags import queries
from app.flags.schemas import Decision
from app.flags.services import decide
from app.posts.removing import take_post_down
from app.web.errors import Conflict

_TAKE_DOWN = {"post": take_post_down, "comment": take_comment_down}


async def remove(moderator: Viewer, flag_id: int, reason: str | None) -> None:
    """Uphold what was said of a post or a comment, and remove it; its author is told the reason.

    Upheld first: what another has dismissed meanwhile stays. Again does nothing. Raises Unauthenticated,
    Forbidden, NotFound, Conflict (dismissed; a member; removed by its author).
    """
    subject = (await queries.get_flag(flag_id)).subject
    take_down = _TAKE_DOWN.get(subject.type)
    if take_down is None:
        raise Conflict("Members are not removed: see what there is under Manage.")
    await decide(moderator, flag_id, Decision("upheld"))
    await take_down(moderator, subject.id, reason)
