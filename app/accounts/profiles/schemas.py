"""What comes in about profiles (API.md, users)."""

from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from app.accounts.schemas import Bio, Name

Role = Literal["admin", "moderator", "member"]


class ProfileChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Null clears; what is left out stays."""

    display_name: Name | UnsetType | None = UNSET
    bio: Bio | UnsetType | None = UNSET


class UserChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Everything that a member may change here: no role, no address, no counter."""

    name: Name | UnsetType = UNSET
    profile: ProfileChange | UnsetType = UNSET
