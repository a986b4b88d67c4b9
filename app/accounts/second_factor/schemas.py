"""What comes in and goes out about second factors (API.md, accounts)."""

from typing import Annotated

import msgspec
from msgspec import Meta

from app.accounts.schemas import Otp
from app.accounts.security.schemas import CurrentPassword

# For forms, in which an empty field is not one that was left out.
GivenOtp = Annotated[str, Meta(min_length=1, max_length=64)]


class NewFactor(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    password: CurrentPassword


class Confirmation(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    code: GivenOtp


class Ending(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`otp` may be left out while nothing is confirmed."""

    password: CurrentPassword
    otp: Otp | None = None


class SecondStep(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is owed after the password."""

    otp: GivenOtp


class Enrolment(msgspec.Struct, frozen=True, kw_only=True):
    """What an app has to know: the same secret to type, to open and, as an SVG image, to look at."""

    secret: str
    uri: str
    qr_svg: str


class RecoveryCodes(msgspec.Struct, frozen=True, kw_only=True):
    recovery_codes: list[str]
