"""What a member is told of blocks, on every device."""

from app.follows.schemas import BlockChange
from app.live import channels
from app.live.log import Event


class BlockChanged(Event, frozen=True):
    """Somebody has become hidden from `reader`, or is so no more."""

    kind = "block.changed"
    reader: int
    changed: BlockChange

    @property
    def channels(self) -> tuple[str, ...]:
        return (channels.user(self.reader),)

    @property
    def subject(self) -> str:
        return f"user:{self.changed.user_id}"

    @property
    def data(self) -> BlockChange:
        return self.changed
