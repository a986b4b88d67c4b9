"""What comes in about leaving for good (API.md, users)."""

from typing import Literal

import msgspec

from app.accounts.security.schemas import CurrentPassword

Content = Literal["keep", "remove"]


class Deletion(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`keep` leaves what they wrote to a deleted member; `remove` takes it away."""

    password: CurrentPassword
    content: Content
