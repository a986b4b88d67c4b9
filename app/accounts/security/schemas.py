"""What comes in and goes out about passwords, addresses and sessions (API.md, accounts)."""

from typing import Annotated

import msgspec
from msgspec import Meta

from app.accounts.schemas import Email, Otp, Password

# Short ones may be old ones: only whether it is the right one counts.
CurrentPassword = Annotated[str, Meta(min_length=1, max_length=200)]


class PasswordChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    current: CurrentPassword
    password: Password


class EmailChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`otp` is for those of whom codes are asked."""

    password: CurrentPassword
    email: Email
    otp: Otp | None = None


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """One browser that is signed in; `current` is the one that asks."""

    id: int
    current: bool
    device: str
    address: str
    created_at: str
    last_used_at: str
