"""Who is asking: a member with a session, or nobody in particular."""

from datetime import datetime

import msgspec

from app.accounts.authors import Author
from app.web.errors import Unauthenticated


class Viewer(msgspec.Struct, frozen=True, kw_only=True):
    """The one who reads or writes. `id` is None for someone who is not signed in."""

    id: int | None = None
    username: str = ""
    name: str = ""
    role: str = "anonymous"
    avatar_url: str | None = None
    session_id: int | None = None
    expires_at: datetime | None = None

    @property
    def credential(self) -> str:
        """What it hangs on that they are signed in, as `live.access.revoke` names it; empty for anonymous."""
        return "" if self.session_id is None else f"session:{self.session_id}"

    @property
    def signed_in(self) -> bool:
        return self.id is not None

    @property
    def is_moderator(self) -> bool:
        return self.role in {"moderator", "admin"}

    @property
    def is_admin(self) -> bool:
        return self.role == "admin"

    def is_member(self, user_id: int | None) -> bool:
        """Whether the viewer is this member; a deleted member (None) is nobody."""
        return self.id is not None and self.id == user_id

    def as_author(self) -> Author:
        """The viewer as they stand beside what they write. Raises ValueError for someone not signed in."""
        if self.id is None:
            raise ValueError("Nobody in particular writes nothing.")
        return Author(self.id, self.username, self.name, self.avatar_url, self.role)


ANONYMOUS = Viewer()


def require_member(viewer: Viewer) -> int:
    """The id of a viewer who must be signed in. Raises Unauthenticated."""
    if viewer.id is None:
        raise Unauthenticated
    return viewer.id
