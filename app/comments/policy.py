"""Who may do what with a comment that they can see."""

from collections.abc import Mapping
from typing import Any

from app.accounts.viewer import Viewer
from app.posts.policy import may_restore


def may(verb: str, viewer: Viewer, comment: Mapping[str, Any], *, locked: bool) -> bool:
    """Whether the viewer may reply, react, edit, remove, restore or flag this row; `locked` is its thread."""
    own = viewer.is_member(comment["author"])
    removed = comment["removed_at"] is not None
    open_to = not locked or viewer.is_moderator
    if viewer.suspended:
        return False
    if verb == "reply":
        return viewer.signed_in and open_to
    if verb == "react":
        return viewer.signed_in and not removed
    if verb == "flag":
        return viewer.signed_in and not own and not removed
    if verb == "restore":
        return removed and may_restore(viewer, comment)
    if verb == "edit":
        return own and not removed and open_to
    return (own or viewer.is_moderator) and not removed
