"""What readers of a thread are told of its reactions."""

from app.live import channels
from app.live.log import Event
from app.reactions.schemas import ChangedReactions


class ReactionsChanged(Event, frozen=True):
    """Some changes at once: only the count that they led to."""

    kind = "reactions.changed"
    post_id: int
    changed: ChangedReactions

    @property
    def channels(self) -> tuple[str, ...]:
        return (channels.post(self.post_id),)

    @property
    def subject(self) -> str:
        return self.changed.subject

    @property
    def data(self) -> ChangedReactions:
        return self.changed
