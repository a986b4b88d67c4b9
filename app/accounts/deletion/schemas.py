"""What comes in about leaving for good (API.md, users)."""

from typing import Literal

import msgspec

from app.accounts.schemas import Otp
from app.accounts.security.schemas import CurrentPassword

Content = Literal["keep", "remove"]


class Deletion(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`keep` leaves what they wrote to a deleted member; `remove` takes it away.

    `otp` is for those of whom codes are asked.
    """

    password: CurrentPassword
    content: Content
    otp: Otp | None = None
