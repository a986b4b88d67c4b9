"""Who may do what with a post."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from app.accounts.viewer import Viewer
from app.web.errors import Forbidden

UNDO = timedelta(hours=24)


def may(verb: str, viewer: Viewer, post: Mapping[str, Any]) -> bool:
    """Whether the viewer may read, reply, react, flag, edit, remove, restore, lock or pin, in this row of `posts`."""
    own = viewer.is_member(post["author"])
    removed = post["removed_at"] is not None
    if verb == "read":
        return not removed or own or viewer.is_moderator
    if viewer.suspended:
        return False
    if verb == "reply":
        return viewer.signed_in and not removed and (post["locked_at"] is None or viewer.is_moderator)
    if verb == "react":
        return viewer.signed_in and not removed
    if verb == "flag":
        return viewer.signed_in and not own and not removed
    if verb == "restore":
        return removed and may_restore(viewer, post)
    if verb in {"lock", "pin"}:
        return viewer.is_moderator and not removed
    if verb == "remove":
        return (own or viewer.is_moderator) and not removed
    return own and not removed


def require_can(part: object, verb: str) -> None:
    """For a page that leads to it; `part` is what the viewer may do with a post or comment. Raises Forbidden."""
    if verb not in getattr(part, "can", ()):
        raise Forbidden


def may_restore(viewer: Viewer, row: Mapping[str, Any]) -> bool:
    """An author an own removal, for 24 hours; a moderator what moderators removed, while it is still somebody's."""
    if row["removed_by"] == "moderator":
        # Who left may have wished it gone.
        return viewer.is_moderator and row["author"] is not None
    recent: bool = datetime.now(UTC) - row["removed_at"] < UNDO
    return recent and viewer.is_member(row["author"])
