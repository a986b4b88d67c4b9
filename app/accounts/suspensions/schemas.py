"""What comes in about suspensions (API.md, moderation)."""

from typing import Annotated

import msgspec
from msgspec import Meta

from app.accounts.tokens.schemas import Expiry
from app.web.validation import checked, not_blank

Reason = Annotated[str, Meta(min_length=1, max_length=1000), checked(not_blank)]


class NewSuspension(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Without an end (null) it lasts until it is lifted."""

    until: Expiry | None
    reason: Reason
