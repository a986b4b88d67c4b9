"""What comes in and goes out about accounts (API.md)."""

from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

# What parts addresses in a header of a mail, what hides in one, and blanks that `.strip()` would leave.
_NEITHER = r"\s\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff,;:<>()\[\]\\\"@"
ADDRESS = rf"\A *[^{_NEITHER}]+@[^{_NEITHER}.]+(\.[^{_NEITHER}.]+)* *\Z"
USERNAME = r"\A[A-Za-z0-9_]+\Z"

Username = Annotated[str, Meta(min_length=3, max_length=20, pattern=USERNAME)]
Name = Annotated[str, Meta(min_length=1, max_length=80)]
Email = Annotated[str, Meta(min_length=1, max_length=254, pattern=ADDRESS)]
Password = Annotated[str, Meta(min_length=8, max_length=200)]
Bio = Annotated[str, Meta(max_length=500)]
# A code of an app, or a recovery code with whatever gaps it is typed.
Otp = Annotated[str, Meta(max_length=64)]


class NewProfile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    display_name: Name | None = None
    bio: Bio | None = None


class Registration(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    username: Username
    name: Name
    email: Email
    password: Password
    profile: NewProfile | None = None


class Credentials(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    email: Annotated[str, Meta(min_length=1, max_length=254)]
    password: Annotated[str, Meta(min_length=1, max_length=200)]
    otp: Otp | None = None


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    display_name: str | None
    bio: str | None
    bio_html: str | None


class Suspension(msgspec.Struct, frozen=True, kw_only=True):
    until: str | None
    reason: str


class User(msgspec.Struct, frozen=True, kw_only=True):
    """A member; what is behind `profile` only for themselves and admins, notes and suspension only for admins."""

    id: int
    username: str
    name: str
    role: str
    avatar_url: str | None
    posts_count: int
    comments_count: int
    created_at: str
    profile: Profile
    email: str | UnsetType = UNSET
    activated_at: str | UnsetType | None = UNSET
    onboarding_completed_at: str | UnsetType | None = UNSET
    admin_notes: str | UnsetType = UNSET
    suspension: Suspension | UnsetType = UNSET
