"""Who is asking: a member with a session or a token, or nobody in particular."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from app.accounts.authors import Author
from app.accounts.scopes import Scope
from app.accounts.suspended import Suspension
from app.web.errors import Forbidden, OutOfScope, Suspended, Unauthenticated

MOST = 99


def count_of(things: Sequence[object]) -> str:
    """What a page says of so many; empty for none."""
    return "99+" if len(things) > MOST else str(len(things) or "")


class Inbox(msgspec.Struct, frozen=True):
    """Which notifications are unread, the newest hundred, and where the channel `user:{id}` stood then."""

    unread: tuple[int, ...]
    epoch: str
    seq: int

    @property
    def count(self) -> str:
        return count_of(self.unread)


class Desk(msgspec.Struct, frozen=True):
    """What is reported and waits for a moderator, as `post:42`, at most a hundred; where `moderation` stood then."""

    waiting: tuple[str, ...]
    epoch: str
    seq: int

    @property
    def count(self) -> str:
        return count_of(self.waiting)


class Viewer(msgspec.Struct, frozen=True, kw_only=True):
    """The one who reads or writes. `id` is None for someone who is not signed in.

    Who came with a token has its `scopes`; `role` is then no more than they lend, and `full_role` the
    member's own. A moderator who is suspended is a member meanwhile. `expires_at` is when the session or the
    token ends by itself, and `onboarded` says whether they have done or skipped their first steps. `hidden` are
    the ids of members whom a block, of either, hides from them. On pages, who is signed in has
    an `inbox`, and a moderator a `desk`.
    """

    id: int | None = None
    username: str = ""
    name: str = ""
    role: str = "anonymous"
    avatar_url: str | None = None
    session_id: int | None = None
    token_id: int | None = None
    scopes: frozenset[Scope] | None = None
    full_role: str = ""
    expires_at: datetime | None = None
    onboarded: bool = True
    hidden: frozenset[int] = frozenset()
    suspension: Suspension | None = None
    inbox: Inbox | None = None
    desk: Desk | None = None

    @property
    def credential(self) -> str:
        """What it hangs on that they are signed in, as `live.access.revoke` names it; empty for anonymous."""
        if self.token_id is not None:
            return f"token:{self.token_id}"
        return "" if self.session_id is None else f"session:{self.session_id}"

    @property
    def signed_in(self) -> bool:
        return self.id is not None

    @property
    def suspended(self) -> bool:
        """Whether they may read, and not write."""
        return self.suspension is not None and not self.suspension.over

    @property
    def is_moderator(self) -> bool:
        return self.role in {"moderator", "admin"}

    @property
    def is_admin(self) -> bool:
        return self.role == "admin"

    def is_member(self, user_id: int | None) -> bool:
        """Whether the viewer is this member; a deleted member (None) is nobody."""
        return self.id is not None and self.id == user_id

    def has_scope(self, scope: Scope) -> bool:
        """Whether a token reaches that far; whoever came without one is not limited so."""
        return self.scopes is None or scope in self.scopes

    def as_author(self) -> Author:
        """The viewer as they stand beside what they write. Raises ValueError for someone not signed in."""
        if self.id is None:
            raise ValueError("Nobody in particular writes nothing.")
        return Author(self.id, self.username, self.name, self.avatar_url, self.full_role or self.role)


ANONYMOUS = Viewer()


def require_member(viewer: Viewer) -> int:
    """The id of a viewer who must be signed in. Raises Unauthenticated."""
    if viewer.id is None:
        raise Unauthenticated
    return viewer.id


def require_writer(viewer: Viewer) -> int:
    """The same for words that others read, also where they come by another way. Raises Unauthenticated, Suspended."""
    user_id = require_member(viewer)
    if viewer.suspension is not None and viewer.suspended:
        raise Suspended(viewer.suspension.words)
    return user_id


def require_moderator(viewer: Viewer) -> int:
    """The same for what only moderators do. Raises Unauthenticated, Forbidden."""
    user_id = require_member(viewer)
    if not viewer.is_moderator:
        raise Forbidden
    return user_id


def require_admin(viewer: Viewer) -> int:
    """The same for what only admins do. Raises Unauthenticated, Forbidden."""
    user_id = require_member(viewer)
    if not viewer.is_admin:
        raise Forbidden
    return user_id


def require_session(viewer: Viewer) -> int:
    """The same for what no token may do, whatever its scopes. Raises Unauthenticated, OutOfScope."""
    user_id = require_member(viewer)
    if viewer.token_id is not None:
        raise OutOfScope("Only somebody who is signed in can do this; a token cannot.")
    return user_id
