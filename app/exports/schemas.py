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


class ShownExport(msgspec.Struct, frozen=True):
    """One's own in the page; `tried` says that it was begun before and did not work then."""

    export: Export
    tried: bool

    @property
    def state(self) -> Literal["queued", "waiting", "running", "done", "failed", "expired"]:
        """What there is to say of it."""
        match self.export.status:
            case "queued" if self.tried:
                return "waiting"
            case "done" if self.export.url is None:
                return "expired"
        return self.export.status
