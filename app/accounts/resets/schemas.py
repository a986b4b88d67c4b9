"""What comes in about forgotten passwords (API.md, accounts)."""

import msgspec

from app.accounts.schemas import Email, Password


class ResetRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    email: Email


class NewPassword(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    password: Password
