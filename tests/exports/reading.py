"""What is in an archive, and archives that are made here and now."""

import json
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from app.accounts.viewer import Viewer
from app.exports import archive
from app.exports.contents import find_owner
from app.exports.opening import Archive


class Opened:
    """A ZIP file, by the names in it."""

    def __init__(self, body: bytes) -> None:
        self._zip = ZipFile(BytesIO(body))

    @property
    def names(self) -> set[str]:
        return set(self._zip.namelist())

    def bytes(self, name: str) -> bytes:
        return self._zip.read(name)

    def text(self, name: str) -> str:
        return self.bytes(name).decode()

    def json(self, name: str) -> Any:
        return json.loads(self.bytes(name))


async def archive_of(viewer: Viewer) -> bytes:
    """The member's archive as it would be now."""
    assert viewer.id is not None
    owner = await find_owner(viewer.id)
    assert owner is not None
    file = BytesIO()

    async def tell(_count: int) -> None:
        """Nobody looks on."""

    await archive.write(file, owner, tell)
    return file.getvalue()


def archive_in(body: bytes, folder: Path) -> Archive:
    """The archive as it comes in."""
    path = folder / "archive.zip"
    path.write_bytes(body)
    return Archive.open(path)
