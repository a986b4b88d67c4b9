"""What comes in and goes out about tokens (API.md, accounts)."""

from datetime import UTC, datetime
from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from app.accounts.schemas import Name
from app.accounts.scopes import Scope
from app.web.validation import Wrong, checked, not_blank

# What is later cannot be turned from one zone into another.
LATEST = datetime(9999, 1, 1, tzinfo=UTC)


def _to_come(moment: datetime) -> Wrong | None:
    if datetime.now(UTC) < moment < LATEST:
        return None
    return "out_of_range", "Choose a time that is still to come."


TokenName = Annotated[Name, checked(not_blank)]
Scopes = Annotated[list[Scope], Meta(min_length=1)]
Expiry = Annotated[datetime, Meta(tz=True), checked(_to_come)]


class NewToken(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Without `expires_at` it is good until it is revoked."""

    name: TokenName
    scopes: Scopes
    expires_at: Expiry | None = None


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """A token; its text only in the answer to who made it."""

    id: int
    name: str
    scopes: list[str]
    created_at: str
    last_used_at: str | None
    expires_at: str | None
    token: str | UnsetType = UNSET
