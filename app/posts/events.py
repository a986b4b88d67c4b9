"""What readers are told of posts, and on which channels."""

import msgspec

from app.live import channels
from app.live.log import Event
from app.posts.schemas import Post, RemovedPost


class _PostEvent(Event, frozen=True):
    post: Post

    @property
    def channels(self) -> tuple[str, ...]:
        return (channels.post(self.post.id), channels.POSTS)

    @property
    def subject(self) -> str:
        return f"post:{self.post.id}"


class _Told(_PostEvent, frozen=True):
    """All but a removal tell the whole post."""

    @property
    def data(self) -> Post:
        return self.post


class PostCreated(_Told, frozen=True):
    kind = "post.created"

    @property
    def channels(self) -> tuple[str, ...]:
        return (channels.POSTS,)


class PostUpdated(_Told, frozen=True):
    kind = "post.updated"


class PostUnsigned(PostUpdated, frozen=True):
    """Its author has deleted their account."""

    unsigns = True


class PostLocked(PostUpdated, frozen=True):
    kind = "post.locked"


class PostUnlocked(PostUpdated, frozen=True):
    kind = "post.unlocked"


class PostPinned(PostUpdated, frozen=True):
    kind = "post.pinned"


class PostUnpinned(PostUpdated, frozen=True):
    kind = "post.unpinned"


class PostRemoved(_PostEvent, frozen=True):
    kind = "post.removed"
    blanks = True

    @property
    def data(self) -> RemovedPost:
        if self.post.removed is None:
            raise ValueError("A post that stands was said to be removed.")
        # Why it went is for those who may still read it.
        return RemovedPost(self.post.id, msgspec.structs.replace(self.post.removed, reason=None))


class PostRestored(_Told, frozen=True):
    kind = "post.restored"
