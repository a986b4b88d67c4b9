"""What a member is told on their own channel."""

from app.live import channels
from app.live.log import Event
from app.notifications.schemas import Notification


class _NotificationEvent(Event, frozen=True):
    user_id: int
    notification: Notification

    @property
    def channels(self) -> tuple[str, ...]:
        return (channels.user(self.user_id),)

    @property
    def subject(self) -> str:
        # The thing itself: when it is removed, what told of it is blanked with all else that did (LIVE.md 3.4).
        return f"{self.notification.subject.type}:{self.notification.subject.id}"

    @property
    def data(self) -> Notification:
        return self.notification


class NotificationCreated(_NotificationEvent, frozen=True):
    """A new one, or a bundle that has grown: then it comes with the same id."""

    kind = "notification.created"


class NotificationRead(_NotificationEvent, frozen=True):
    """Read, or unread again where `read_at` is null."""

    kind = "notification.read"
