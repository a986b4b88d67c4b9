"""What moderators are told of flags."""

from app.flags.schemas import Flag
from app.live import channels
from app.live.log import Event


class _FlagEvent(Event, frozen=True):
    flag: Flag

    @property
    def channels(self) -> tuple[str, ...]:
        return (channels.MODERATION,)

    @property
    def subject(self) -> str:
        # Not what it is about: moderators read on when that is removed.
        return f"flag:{self.flag.id}"

    @property
    def data(self) -> Flag:
        return self.flag


class FlagCreated(_FlagEvent, frozen=True):
    kind = "flag.created"


class FlagResolved(_FlagEvent, frozen=True):
    """Upheld or dismissed: one event for each flag on which it was decided."""

    kind = "flag.resolved"
