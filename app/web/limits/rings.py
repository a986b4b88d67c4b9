"""In which rings a request counts (DESIGN.md 10)."""

import re
from collections.abc import Iterable

from app.accounts.viewer import Viewer
from app.settings import settings
from app.web.limits.ring import Rate, Ring
from app.web.network import block

RATES: dict[str, Rate] = {
    name: Rate.parse(text)
    for name, text in {
        "anonymous": settings.limit_anonymous,
        "account": settings.limit_account,
        "address": settings.limit_address,
        "posting": settings.limit_posting,
        "flagging": settings.limit_flagging,
        "sign_in": settings.limit_sign_in,
        "registration": settings.limit_registration,
        "mail": settings.limit_mail,
        "password": settings.limit_password,
        "failures": settings.limit_failures,
        "failures_account": settings.limit_failures_account,
        "failures_address": settings.limit_failures_address,
    }.items()
}

# A page asks for them by itself, and they cost next to nothing.
FREE = re.compile(
    r"/(?:static/.+|uploads/.+|health|health/ready|theme\.css|logo|favicon\.(?:ico|svg)|icons/.+|site\.webmanifest)"
)
# One part of a path is whatever the router may take for an id.
_TIGHTER = {
    "posting": r"POST (?:/api/v1)?/posts(?:/[^/]+/comments)?",
    "flagging": r"POST (?:/api/v1)?/flags",
    "sign_in": r"POST (?:/sign-in(?:/code)?|/api/v1/session)",
    "registration": r"POST (?:/sign-up|/api/v1/registrations)",
    "mail": r"POST (?:/api/v1)?/(?:password-resets|email-verifications)",
    "password": (
        r"(?:PUT|POST|DELETE) /api/v1/me/(?:password|email|totp)(?:/.+)?|PUT /api/v1/users/[^/]+/deletion"
        r"|POST /settings/(?:password|email|two-factor|account/deletion)(?:/.+)?"
    ),
}
TIGHTER = {name: re.compile(pattern) for name, pattern in _TIGHTER.items()}


def rings_of(method: str, path: str, viewer: Viewer, address: str) -> list[Ring]:
    """All that one request counts in; none for what is free."""
    # As the router reads it, to which `//sign-in/` is `/sign-in` as well.
    plain = "/" + "/".join(part for part in path.split("/") if part)
    if FREE.fullmatch(plain):
        return []
    asker = block(address) if viewer.id is None else f"user:{viewer.id}"
    called = f"{method} {plain}"
    tighter = [name for name, pattern in TIGHTER.items() if pattern.fullmatch(called)]
    return [*rings_of_asker(viewer, address), *rings((name, asker) for name in tighter)]


def rings_of_asker(viewer: Viewer, address: str) -> list[Ring]:
    """What counts whatever is asked for, sockets included."""
    mine = ("anonymous", block(address)) if viewer.id is None else ("account", str(viewer.id))
    return rings([mine, ("address", block(address))])


def rings(wanted: Iterable[tuple[str, str]]) -> list[Ring]:
    """Of these names and keys, without those that limit nothing."""
    return [Ring(name, key, rate) for name, key in wanted if (rate := RATES[name]).count]
