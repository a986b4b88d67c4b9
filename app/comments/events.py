"""What readers of a thread are told of its comments."""

from app.comments.schemas import Comment
from app.live import channels
from app.live.log import Event


class _CommentEvent(Event, frozen=True):
    comment: Comment

    @property
    def channels(self) -> tuple[str, ...]:
        return (channels.post(self.comment.post_id),)

    @property
    def subject(self) -> str:
        return f"comment:{self.comment.id}"

    @property
    def data(self) -> Comment:
        return self.comment


class CommentCreated(_CommentEvent, frozen=True):
    """Logged by the statement that inserts the comment, see `services`."""

    kind = "comment.created"


class CommentUpdated(_CommentEvent, frozen=True):
    kind = "comment.updated"


class CommentUnsigned(CommentUpdated, frozen=True):
    """Its author has deleted their account."""

    unsigns = True


class CommentRemoved(_CommentEvent, frozen=True):
    kind = "comment.removed"
    blanks = True


class CommentRestored(_CommentEvent, frozen=True):
    kind = "comment.restored"
