"""What secrets and codes look like, and what of them is stored."""

import base64
import hashlib
import hmac
import re
import secrets
from time import time

import pyotp

STEP_SECONDS = 30
# Clocks of phones are off by some seconds, and people type slowly.
WINDOW = (0, -1, 1)
RECOVERY_CODES = 10

_CODE = re.compile(r"[0-9]{6}\Z")
_RECOVERY_CODE = re.compile(r"[A-Z2-7]{16}\Z")
_BETWEEN = re.compile(r"[\s-]+")


def new_secret() -> str:
    """160 random bits, as RFC 4226 advises."""
    return pyotp.random_base32(32)


def uri_of(secret: str, username: str, site: str) -> str:
    """What apps read out of the QR code."""
    # Apps part the name of the site from the member's at a colon.
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=site.replace(":", " "))


def plain(given: str) -> str:
    """A code without the gaps and in the case that people type or paste it with."""
    return _BETWEEN.sub("", given).upper()


def is_code(text: str) -> bool:
    return bool(_CODE.match(text))


def is_recovery_code(text: str) -> bool:
    return bool(_RECOVERY_CODE.match(text))


def step_of(secret: str, code: str) -> int | None:
    """The step that this code of an app belongs to, now or just before or after; None for a wrong one."""
    now, app = int(time()) // STEP_SECONDS, pyotp.TOTP(secret, interval=STEP_SECONDS)
    steps = [now + offset for offset in WINDOW]
    return next((step for step in steps if hmac.compare_digest(app.generate_otp(step), code)), None)


def new_recovery_codes() -> list[str]:
    """Ten codes that nobody guesses, as they are written down: `ABCD-EFGH-IJKL-MNOP`."""
    return [_grouped(base64.b32encode(secrets.token_bytes(10)).decode()) for _ in range(RECOVERY_CODES)]


def hash_of(code: str) -> bytes:
    # A plain hash is enough: there is nothing to try out in 80 random bits.
    return hashlib.sha256(plain(code).encode()).digest()


def _grouped(text: str) -> str:
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))
