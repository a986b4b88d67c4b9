"""Builds an archive and keeps it: the work behind `POST /exports`."""

import tempfile
from time import monotonic

from app.exports import archive, states
from app.exports.contents import count_all, find_owner
from app.exports.states import Tell

# The rest is keeping the file.
WRITTEN = 95
TELL_SECONDS = 0.5


class Meter:
    """Says how far an export is, now and then."""

    def __init__(self, export_id: int, total: int) -> None:
        self._export_id, self._total = export_id, max(1, total)
        self._done, self._told = 0, 0.0

    async def add(self, count: int) -> None:
        self._done += count
        if monotonic() - self._told >= TELL_SECONDS:
            self._told = monotonic()
            await states.move(self._export_id, min(WRITTEN, self._done * WRITTEN // self._total))


async def build(export_id: int, tell: Tell) -> None:
    """Build one that was asked for, and have its member told.

    One that is done, or whose member has gone, is left alone. Raises what kept it from being built.
    """
    user_id = await states.begin(export_id)
    owner = None if user_id is None else await find_owner(user_id)
    if owner is None:
        return
    meter = Meter(export_id, await count_all(owner.id))
    try:
        with tempfile.TemporaryFile(prefix="hubbub-export-") as file:
            await archive.write(file, owner, meter.add)
            file.seek(0)
            await states.finish(export_id, file, tell)
    except Exception:
        await states.put_back(export_id)
        raise
