"""What the hub writes to a reader, read again: for transports that send another shape than the socket's."""

from functools import lru_cache
from typing import Any

import msgspec

from app.live import frames, log
from app.live.reader import Batch, Reader

_DECODER: msgspec.json.Decoder[Any] = msgspec.json.Decoder(
    frames.Subscribed | frames.Events | frames.Resync | frames.Unsubscribed | log.Frame
)


class Arrivals(Reader):
    """A reader without a socket: `hear` gets each frame that has to do with a channel's events."""

    def write(self, batch: Batch) -> None:
        for text in batch.texts:
            frame = _decode(text)
            if frame is not None and not self.closed:
                self.hear(frame, text)

    def hear(self, frame: Any, text: bytes) -> None:
        raise NotImplementedError


# All readers of a channel get the same text one after the other.
@lru_cache(maxsize=32)
def _decode(text: bytes) -> Any:
    try:
        return _DECODER.decode(text)
    except msgspec.ValidationError:
        # Who is here and who is writing may be lost, and there is no place for it here.
        return None
