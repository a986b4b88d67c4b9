"""What goes out about exports (API.md)."""

from typing import Literal

import msgspec

Status = Literal["queued", "running", "done", "failed"]


class Export(msgspec.Struct, frozen=True, kw_only=True):
    """`progress` is 0 to 100, `size` in bytes; `url` is where the file is, once it is there."""

    id: int
    status: Status
    progress: int
    size: int | None
    url: str | None
    expires_at: str | None
    created_at: str
