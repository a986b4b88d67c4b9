"""Who may do what with a post."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from app.accounts.viewer import Viewer

UNDO = timedelta(hours=24)


def may(verb: str, viewer: Viewer, post: Mapping[str, Any]) -> bool:
    """Whether the viewer may do this with a row of `posts`: read, reply, react, edit, remove, restore or flag."""
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
        return own and removed and may_undo(post)
    return own and not removed


def may_undo(row: Mapping[str, Any]) -> bool:
    """An author may undo an own removal for 24 hours."""
    recent: bool = datetime.now(UTC) - row["removed_at"] < UNDO
    return recent and row["removed_by"] == "author"
